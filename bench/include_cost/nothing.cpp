// The floor: what a compiler takes for an empty file.
