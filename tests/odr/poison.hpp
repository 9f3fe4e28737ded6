// Macros that platform headers and popular libraries are known to define. Each expands to something that does not compile, so that a
// header of ballast that can be broken by one of them is found here and not by a user. Included after the standard headers that ballast
// uses, as those are not at issue.
// No include guard: it is a list of definitions.

#define BALLAST_POISONED a_macro_of_another_library_took_this_name !!

// <windows.h>
#undef min
#undef max
#define min(...) BALLAST_POISONED
#define max(...) BALLAST_POISONED
#define small BALLAST_POISONED
#define near BALLAST_POISONED
#define far BALLAST_POISONED
#define pascal BALLAST_POISONED
#define cdecl BALLAST_POISONED
#define interface BALLAST_POISONED
#define hyper BALLAST_POISONED
#undef IN
#undef OUT
#define IN BALLAST_POISONED
#define OUT BALLAST_POISONED
#define OPTIONAL BALLAST_POISONED
#define CONST BALLAST_POISONED
#define VOID BALLAST_POISONED
#define TRUE BALLAST_POISONED
#define FALSE BALLAST_POISONED
#define ERROR BALLAST_POISONED
#define NO_ERROR BALLAST_POISONED
#define DELETE BALLAST_POISONED
#define STRICT BALLAST_POISONED
#define IGNORE BALLAST_POISONED
#define INFINITE BALLAST_POISONED
#define ABSOLUTE BALLAST_POISONED
#define RELATIVE BALLAST_POISONED
#define DIFFERENCE BALLAST_POISONED

// <complex.h>, <math.h> of System V, <termios.h>, <sys/sysmacros.h>, <sys/param.h>
#undef I
#undef complex
#define I BALLAST_POISONED
#define complex BALLAST_POISONED
#undef DOMAIN
#undef OVERFLOW
#undef UNDERFLOW
#define DOMAIN BALLAST_POISONED
#define OVERFLOW BALLAST_POISONED
#define UNDERFLOW BALLAST_POISONED
#undef B0
#undef CR0
#define B0 BALLAST_POISONED
#define CR0 BALLAST_POISONED
#undef major
#undef minor
#undef makedev
#define major(...) BALLAST_POISONED
#define minor(...) BALLAST_POISONED
#define makedev(...) BALLAST_POISONED
#undef MIN
#undef MAX
#define MIN(...) BALLAST_POISONED
#define MAX(...) BALLAST_POISONED

// what GNU C defines in its own dialects
#undef linux
#undef unix
#define linux BALLAST_POISONED
#define unix BALLAST_POISONED

// Qt, X11
#define signals BALLAST_POISONED
#define slots BALLAST_POISONED
#define emit BALLAST_POISONED
#define foreach BALLAST_POISONED
#define forever BALLAST_POISONED
#define None BALLAST_POISONED
#define Bool BALLAST_POISONED
#define Status BALLAST_POISONED
#define Success BALLAST_POISONED
