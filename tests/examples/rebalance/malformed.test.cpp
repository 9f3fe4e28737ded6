// The command-line host under bad input: each malformed file and each wrong option is told with its place and its cause, ends with 2 or 3,
// and prints nothing on stdout.
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "support/catch.hpp"
#include "support/hosted.hpp"

namespace {

const std::string good_book = "asset,quantity,price,target\nA,10,5,0.5\nB,5,10,0.5\nCASH,1,,\n";
const std::string good_prices = "date,A,B\n2020-01-01,1,2\n2020-01-02,1.5,2\n2020-01-03,1.2,2.5\n";

struct wrong_line {
    std::vector<std::string> arguments;
    std::vector<std::string> said;  // all of these
};

struct wrong_file {
    std::string content;
    std::vector<std::string> said;
    std::vector<std::string> more_arguments{};
};

std::vector<std::string> plan(std::vector<std::string> more) {
    more.insert(more.begin(), {"plan", "--now", "2020-01-01"});
    return more;
}

void check_refused(const test::answer& a, int code, const std::vector<std::string>& said) {
    CAPTURE(a.err);
    CHECK(a.code == code);
    CHECK(a.out.empty());
    CHECK(a.files.empty());
    CHECK(a.err.substr(0, 11) == "rebalance: ");
    CHECK(a.err.back() == '\n');
    for (const std::string& part : said) {
        CAPTURE(part);
        CHECK(a.err.find(part) != std::string::npos);
    }
}

// ---- wrong usage ------------------------------------------------------------------------------------------------------------------------
const std::vector<wrong_line> wrong_usage{
    {{}, {"a command is missing: plan, replay, list or tune"}},
    {{"--"}, {"no option is called '--'"}},
    {{"-"}, {"no command is called '-'"}},
    {{"paln"}, {"no command is called 'paln'; did you mean 'plan'?"}},
    {{"relpay"}, {"did you mean 'replay'?"}},
    {{"xyzzyxyzzy"}, {"no command is called 'xyzzyxyzzy'; there are: plan, replay, list, tune"}},
    {{"--bok", "x", "plan"}, {"no command is called 'x'"}},
    {{"plan"}, {"plan needs --book BOOK.csv"}},
    {{"plan", "--bok", "x"}, {"no option of plan is called '--bok'; did you mean '--book'?"}},
    {{"plan", "--bok=x"}, {"no option of plan is called '--bok'; did you mean '--book'?"}},
    {{"plan", "--Book", "x"}, {"did you mean '--book'?"}},
    {{"plan", "-book", "x"}, {"did you mean '--book'?"}},
    {{"plan", "--prices", "x"}, {"--prices is no option of plan, but of replay"}},
    {{"replay", "--book", "x"}, {"--book is no option of replay, but of plan"}},
    {{"list", "--cost", "x"}, {"--cost is no option of list, but of plan and replay"}},
    {{"plan", "--book"}, {"--book needs a value: --book FILE"}},
    {{"plan", "--book", "--explain"}, {"--book needs a value: --book FILE; '--explain' follows"}},
    {{"plan", "--book="}, {"--book needs a value"}},
    {{"plan", "--book", " "}, {"--book needs a value"}},
    {{"plan", "--book", "x", "--book", "y"}, {"--book is given twice"}},
    {{"plan", "--explain=yes", "--book", "x"}, {"--explain takes no value, but has 'yes'"}},
    {{"plan", "book.csv"}, {"'book.csv' after 'plan' is no option; options begin with --"}},
    {{"plan", "--explain", "book.csv"}, {"'book.csv' after '--explain' is no option"}},
    {{"list", "bnad"}, {"no policy and no family is called 'bnad'; did you mean 'band'?"}},
    {{"list", "band", "qqqqqqqqqqq"}, {"no policy and no family is called 'qqqqqqqqqqq'; there are: trigger, cost"}},
    {{"plan", "--book", "x", "--trigger", "drawdown:10%"}, {"the trigger drawdown goes by the highest value that was seen"}},
    {{"plan", "--book", "x", "--trigger", "all_of(band:5%, signal:0,threshold=1)"}, {"say --signals LIST, like --signals 0.93"}},
    {{"plan", "--book", "x", "--trigger", "signal:0,threshold=1", "--signals", "1,x"}, {"--signals: 'x' is not a number"}},
    {{"replay", "--prices", "x", "--targets", "A=1", "--trigger", "any_of(signal:0,threshold=1)"},
     {"say --signals with the columns that hold them"}},
    // specifications
    {{"plan", "--book", "x", "--trigger", "bnad:absolute=0.05"}, {"--trigger: ", "band", "bnad:absolute=0.05\n", "^^^^"}},
    {{"plan", "--book", "x", "--trigger", "band"}, {"--trigger: ", "width"}},
    {{"plan", "--book", "x", "--trigger", "band:absolut=0.05"}, {"--trigger: ", "absolute", "^^^^^^^"}},
    {{"plan", "--book", "x", "--trigger", "band:absolute=x"}, {"--trigger: ", "x"}},
    {{"plan", "--book", "x", "--trigger", "band:absolute=-0.05"}, {"--trigger: ", "at or above 0"}},
    {{"plan", "--book", "x", "--trigger", "band:absolute=0.05,absolute=0.06"}, {"--trigger: ", "absolute"}},
    {{"plan", "--book", "x", "--trigger", "band:absolute="}, {"--trigger: "}},
    {{"plan", "--book", "x", "--trigger", "band:absolute=nan"}, {"--trigger: "}},
    {{"plan", "--book", "x", "--trigger", "calendar:montly"}, {"--trigger: ", "monthly"}},
    {{"plan", "--book", "x", "--trigger", "calendar:monthly,day=99"}, {"--trigger: ", "31"}},
    {{"plan", "--book", "x", "--trigger", "every:24"}, {"--trigger: ", "24"}},
    {{"plan", "--book", "x", "--trigger", "every:24x"}, {"--trigger: "}},
    {{"plan", "--book", "x", "--trigger", "any_of("}, {"--trigger: "}},
    {{"plan", "--book", "x", "--trigger", "any_of(band:0.05))"}, {"--trigger: "}},
    {{"plan", "--book", "x", "--trigger", "cooldown:30d"}, {"--trigger: "}},
    {{"plan", "--book", "x", "--cost", "proportinal:bps=10"}, {"--cost: ", "proportional"}},
    {{"plan", "--book", "x", "--cost", "proportional:bps=ten"}, {"--cost: "}},
    {{"plan", "--book", "x", "--cost", "fixed:amount=-1"}, {"--cost: "}},
    {{"plan", "--book", "x", "--solver", "to_tagret"}, {"--solver: ", "to_target"}},
    {{"plan", "--book", "x", "--solver", "to_band:depth=2"}, {"--solver: ", "0"}},
    {{"plan", "--book", "x", "--solver", "to_target", "--solver", "to_band"}, {"--solver is given twice"}},
    {{"plan", "--book", "x", "--guard", "max_turnovr:0.1"}, {"--guard: ", "max_turnover"}},
    {{"plan", "--book", "x", "--guard", "max_turnover:limit=-1"}, {"--guard: "}},
    {{"plan", "--book", "x", "--estimator", "ewma:half_life=60"}, {"--estimator: "}},
    {{"plan", "--book", "x", "--target", "eqaul"}, {"--target: ", "equal"}},
    {{"plan", "--book", "x", "--sizing", "reconciled:colar=1"}, {"--sizing: ", "collar"}},
    {{"plan", "--book", "x", "--mandate", "reserve=2"}, {"--mandate: "}},
    {{"plan", "--book", "x", "--mandate", "leverge=2"}, {"--mandate: ", "leverage"}},
    {{"plan", "--book", "x", "--reserve", "1"}, {"--reserve: "}},
    {{"plan", "--book", "x", "--reserve", "-0.1"}, {"--reserve: "}},
    {{"plan", "--book", "x", "--reserve", "some"}, {"--reserve: "}},
    {{"plan", "--book", "x", "--policy", "p: triger=never"}, {"--policy: ", "trigger"}},
    {{"plan", "--book", "x", "--policy", "p: cost=zero"}, {"--policy: ", "trigger"}},
    {{"plan", "--book", "x", "--policy", "p: trigger=never; solver=to_band"}, {"--policy: ", "band"}},
    {{"plan", "--book", "x", "--policy", "p: trigger=volatility_band:width=0.05,reference=0.2,exponent=-1"}, {"--policy: ", "estimator"}},
    {{"plan", "--book", "x", "--policy", "p: trigger=never", "--trigger", "never"}, {"--trigger beside --policy"}},
    {{"plan", "--book", "x", "--policy", "p: trigger=never", "--all"}, {"--all beside --policy"}},
    {{"plan", "--book", "x", "--policy", "p: trigger=never", "--policy", "q: trigger=never"}, {"plan follows one policy"}},
    {{"plan", "--book", "x", "--estimator", "ewma:half_life=60d"},
     {"the estimator ewma learns from many rows of prices, and a book is one"}},
    {{"replay", "--trigger", "never", "--estimator", "given"}, {"the estimator given passes volatilities on, and a price file has none"}},
    {{"replay", "--trigger", "never", "--estimator", "given_regimes"},
     {"the estimator given_regimes passes regimes on, and a price file has none; use hamilton or threshold_regimes"}},
    {{"replay", "--trigger", "never", "--estimator", "given_covariance"},
     {"the estimator given_covariance passes the host's own numbers on, and a price file has none; use ewma_covariance"}},
    {{"plan", "--book", "x", "--estimator", "given_factors"},
     {"the estimator given_factors stands for the files of --factors; leave it out"}},
    {{"plan", "--book", "x", "--estimator", "given_covariance"},
     {"the estimator given_covariance stands for the file of --covariance; leave it out"}},
    {{"plan", "--book", "x", "--turnover", "-0.1"}, {"--turnover: "}},
    {{"plan", "--book", "x", "--leverage", "none"}, {"--leverage: `none` is not a number"}},
    {{"plan", "--book", "x", "--leverage", "1.5", "--mandate", "allow_short"},
     {"--leverage beside --mandate: say it there, --mandate leverage=..."}},
    {{"replay", "--trigger", "never", "--estimator", "factor_model"},
     {"the estimator factor_model reads outside series, and a price file has none; use principal_factors or ewma_covariance"}},
    // times and numbers
    {{"plan", "--book", "x", "--now", "noon"}, {"--now: 'noon' is no time (YYYY-MM-DD"}},
    {{"plan", "--book", "x", "--now", "2020-02-30"}, {"--now: '2020-02-30' is no time"}},
    {{"plan", "--book", "x", "--last-trade", "yesterday"}, {"--last-trade: 'yesterday' is no time"}},
    {{"plan", "--book", "x", "--now", "2020-01-01", "--last-trade", "2020-01-02"},
     {"--last-trade: 2020-01-02 is later than now, 2020-01-01"}},
    // cash
    {{"plan", "--book", "x", "--flow", "some"}, {"--flow: 'some' is not an amount: what was paid in, or below 0 what is to be paid out"}},
    {{"plan", "--book", "x", "--flow", "inf"}, {"--flow: 'inf' is not an amount"}},
    {{"plan", "--book", "x", "--flow"}, {"--flow needs a value: --flow AMOUNT"}},
    {{"plan", "--book", "x", "--flow", "1", "--flow", "2"}, {"--flow is given twice"}},
    {{"replay", "--flow", "1"}, {"--flow is no option of replay, but of plan"}},
    {{"plan", "--book", "x", "--proceeds", "when_settled", "--unsettled", "-1"}, {"--unsettled: '-1' is not an amount at or above 0"}},
    {{"plan", "--book", "x", "--proceeds", "when_settled", "--unsettled", "x"}, {"--unsettled: 'x' is not an amount"}},
    {{"plan", "--book", "x", "--unsettled", "100"}, {"--unsettled counts for nothing", "add --proceeds when_settled"}},
    {{"plan", "--book", "x", "--proceeds", "at_once", "--unsettled", "100"}, {"--unsettled counts for nothing"}},
    {{"plan", "--book", "x", "--proceeds", "when_setled"}, {"--proceeds: ", "did you mean `when_settled`?"}},
    {{"plan", "--book", "x", "--mandate", "proceeds=later"}, {"--mandate: ", "later"}},
    {{"plan", "--book", "x", "--reserve-amount", "-5"}, {"--reserve-amount: ", "at or above 0"}},
    {{"plan", "--book", "x", "--reserve-amount", "much"}, {"--reserve-amount: "}},
    {{"plan", "--book", "x", "--collar", "1"}, {"--collar: ", "must be a fraction at or above 0 and below 1", "reconciled:collar=1"}},
    {{"plan", "--book", "x", "--collar", "wide"}, {"--collar: ", "wide"}},
    {{"plan", "--book", "x", "--integers", "best"}, {"--integers: 'best' is neither exact nor search"}},
    {{"plan", "--book", "x", "--integers", "exact", "--sizing", "reconciled"},
     {"--integers beside --sizing: say it there", "exact_rows=32"}},
    {{"plan", "--book", "x", "--integers", "exact", "--collar", "1"}, {"--collar: ", "integer:exact_rows=32,collar=1"}},
    {{"plan", "--book", "x", "--sizing", "integer:exact_rows=99"}, {"--sizing: ", "must be 32 at most"}},
    {{"plan", "--book", "x", "--shortfall", "mine"}, {"--shortfall: ", "mine", "largest_drift"}},
    {{"plan", "--book", "x", "--shortfall", "proportional", "--sizing", "reconciled"}, {"--shortfall beside --sizing: say it there"}},
    {{"plan", "--book", "x", "--collar", "0.1", "--sizing", "reconciled"}, {"--collar beside --sizing: say it there"}},
    // replay
    {{"replay"}, {"replay needs a --trigger"}},
    {{"replay", "--trigger", "never"}, {"replay needs --targets LIST"}},
    {{"replay", "--trigger", "never", "--targets", "A=1"}, {"replay needs --prices PRICES.csv"}},
    {{"replay", "--trigger", "never", "--targets", "A=1", "--prices", "x", "--wealth", "0"}, {"--wealth: '0' is not an amount above 0"}},
    {{"replay", "--trigger", "never", "--targets", "A=1", "--prices", "x", "--wealth", "much"}, {"--wealth: 'much' is not"}},
    {{"replay", "--trigger", "never", "--targets", "A=1", "--prices", "x", "--cash-rate", "99"}, {"--cash-rate: '99' is not a rate"}},
    {{"replay", "--trigger", "never", "--targets", "A=1", "--prices", "x", "--step", "-1"}, {"--step: '-1' is not"}},
    {{"replay", "--trigger", "never", "--targets", "A=1", "--prices", "x", "--step", "1e-19"}, {"--step: '1e-19' is no decimal number"}},
    {{"replay", "--trigger", "never", "--targets", "A=1", "--prices", "x", "--min-notional", "-1"}, {"--min-notional: '-1' is not"}},
    {{"replay", "--trigger", "never", "--targets", "A", "--prices", "x"}, {"--targets: 'A' is not NAME=WEIGHT, like A=0.6"}},
    {{"replay", "--trigger", "never", "--targets", "A=0.6,B", "--prices", "x"}, {"--targets: 'B' is not NAME=WEIGHT"}},
    {{"replay", "--trigger", "never", "--targets", "A=0.6,", "--prices", "x"}, {"--targets: '' is not NAME=WEIGHT"}},
    {{"replay", "--trigger", "never", "--targets", "=1", "--prices", "x"}, {"--targets: '=1' is not NAME=WEIGHT"}},
    {{"replay", "--trigger", "never", "--targets", "A=60%", "--prices", "x"}, {"--targets: 'A=60%' is not NAME=WEIGHT"}},
    {{"replay", "--trigger", "never", "--targets", "A=-0.1", "--prices", "x"}, {"--targets: the weight of 'A' is below 0"}},
    {{"replay", "--trigger", "never", "--targets", "A=0.6,A=0.2", "--prices", "x"}, {"--targets: 'A' is named twice"}},
    {{"replay", "--trigger", "never", "--targets", "A=0.2,CASH=0.4,CASH=0.4", "--prices", "x"}, {"--targets: 'CASH' is named twice"}},
    {{"replay", "--trigger", "never", "--targets", "A=0.6,B=0.5", "--prices", "x"},
     {"--targets: the weights add up to 1.1, more than the leverage of 1"}},
    {{"replay", "--trigger", "never", "--targets", "A=0.6,CASH=0.5", "--prices", "x"},
     {"--targets: with CASH the weights add up to 1.1, not to 1"}},
    {{"replay", "--trigger", "never", "--targets", "A=0.5,cash=0.5", "--prices", "x"}, {"--targets: 'cash': cash is written CASH"}},
    {{"replay", "--trigger", "never", "--targets", "CASH=1", "--prices", "x"}, {"--targets: it names no asset but CASH"}},
    {{"replay", "--trigger", "band:absolute=[0.05 0.05 0.05]", "--targets", "A=0.5,B=0.5", "--prices", "x"},
     {"its lists have 3 numbers, --targets names 2 assets"}},
    {{"replay", "--trigger", "never", "--solver", "to_band:edge", "--targets", "A=1", "--prices", "x"}, {"band"}},
    {{"replay", "--trigger", "never", "--targets", "A=1", "--prices", "x", "--plot", "x"}, {"--plot: x is the file of --prices as well"}},
    {{"replay", "--trigger", "never", "--targets", "A=1", "--prices", "x", "--plot", "y", "--trades", "y"},
     {"--plot: y is the file of --trades as well"}},
    {{"replay", "--policy", "p: trigger=never", "--policy", "p: trigger=every:0s", "--targets", "A=1", "--prices", "x"},
     {"--policy: two are called 'p'"}},
};

// ---- books ------------------------------------------------------------------------------------------------------------------------------
const std::vector<wrong_file> wrong_books{
    {"", {", row 1: it is empty"}},
    {"\n\n\n", {", row 1: it is empty"}},
    {"asset;quantity;price;target\nA;1;2;1\n", {", row 1: no column is called 'asset'", "parted by semicolons; commas are expected"}},
    {"asset\tquantity\tprice\ttarget\n", {", row 1: no column is called 'asset'", "parted by tabs"}},
    {"\xFF\xFE"
     "a\0s\0",
     {"it is UTF-16; save it as UTF-8"}},
    {"A,10,5,0.5\nB,5,10,0.5\n", {", row 1: no column is called 'asset'; there are: A, 10, 5, 0.5"}},
    {"asset,quantity,price\nA,1,1\n", {", row 1: no column is called 'target'"}},
    {"asset,quantity,target\nA,1,1\n", {", row 1: no column is called 'price'"}},
    {"asset,qty,price,target\nA,1,1,1\n", {", row 1: no column is called 'quantity'"}},
    {"asset,quantity,price,taget\nA,1,1,1\n", {", row 1: no column of a book is called 'taget'; did you mean 'target'?"}},
    {"Asset,quantity,price,target\nA,1,1,1\n", {"did you mean 'asset'?"}},
    {"asset,quantity,price,target,min_notinal\nA,1,1,1,\n", {"'min_notinal'; did you mean 'min_notional'?"}},
    {"asset,quantity,price,target,price\nA,1,1,1,1\n", {", row 1: columns 3 and 5 are both called 'price'"}},
    {"asset,quantity,price,target\n", {", row 1: it holds no asset"}},
    {"asset,quantity,price,target\nCASH,5,,\n", {": it holds no asset"}},
    {"asset,quantity,price,target\nA,1,1\n", {", row 2: it has 3 fields, the header has 4"}},
    {"asset,quantity,price,target\nA,1,1,1,\n", {", row 2: it has 5 fields, the header has 4"}},
    {"asset,quantity,price,target\n\"A,1,1,1\n", {", row 2, column 1: a quote is opened and not closed"}},
    {"asset,quantity,price,target\n\"A\"B,1,1,1\n", {", row 2, column 1: something follows the closing quote"}},
    {"asset,quantity,price,target\n,1,1,1\n", {", row 2, column 1 (asset): it is blank, and an asset needs a name"}},
    {"asset,quantity,price,target\nA,1,1,0.5\nB,1,1,0\n\nA,1,1,0.5\n", {", row 5, column 1 (asset): 'A' is also in row 2"}},
    {"asset,quantity,price,target\nA,1,1,1\nCASH,1,,\nCASH,1,,\n", {", row 4, column 1 (asset): 'CASH' is also in row 3"}},
    {"asset,quantity,price,target\nA,1,1,1\nCash,100,1,0\n",
     {", row 3, column 1 (asset): 'Cash' is no asset's name; cash is written CASH"}},
    {"asset,quantity,price,target\nA,,1,1\n", {", row 2, column 2 (quantity): it is blank, and is not a number"}},
    {"asset,quantity,price,target\nA,ten,1,1\n", {", row 2, column 2 (quantity): 'ten' is not a number"}},
    {"asset,quantity,price,target\nA,\"1,000\",1,1\n", {", row 2, column 2 (quantity): '1,000' is not a number"}},
    {"asset,quantity,price,target\nA,nan,1,1\n", {", row 2, column 2 (quantity): 'nan' is not a number"}},
    {"asset,quantity,price,target\nA,1e999,1,1\n", {", row 2, column 2 (quantity): '1e999' is not a number"}},
    {"asset,quantity,price,target\nA,0x10,1,1\n", {", row 2, column 2 (quantity): '0x10' is not a number"}},
    {"asset,quantity,price,target\nA,-1,1,1\nCASH,9,,\n", {", row 2, column 2 (quantity): '-1' is a short position"}},
    {"asset,quantity,price,target\nA,1e300,1e300,1\n", {", row 2, column 2 (quantity): '1e300' is worth more than can be counted"}},
    {"asset,quantity,price,target\nA,1,,1\n", {", row 2, column 3 (price): it is blank, and is not a number"}},
    {"asset,quantity,price,target\nA,1,0,1\n", {", row 2, column 3 (price): '0' is not a price above zero"}},
    {"asset,quantity,price,target\nA,1,-3,1\n", {", row 2, column 3 (price): '-3' is not a price above zero"}},
    {"asset,quantity,price,target\nA,1,inf,1\n", {", row 2, column 3 (price): 'inf' is not a number"}},
    {"asset,quantity,price,target\nA,1,$5,1\n", {", row 2, column 3 (price): '$5' is not a number"}},
    {"asset,quantity,price,target\nA,1,1,\n", {", row 2, column 4 (target): it is blank, and write 0 for an asset that should go"}},
    {"asset,quantity,price,target\nA,1,1,60%\n", {", row 2, column 4 (target): '60%' is not a number"}},
    {"asset,quantity,price,target\nA,1,1,-0.1\n", {", row 2, column 4 (target): '-0.1' is a short target"}},
    {"asset,quantity,price,target\nA,1,1,60\nB,1,1,40\n", {", column 4 (target): the targets add up to 100, more than the leverage of 1"}},
    {"asset,quantity,price,target\nA,1,1,0.6\nB,1,1,0.5\n",
     {", column 4 (target): the targets add up to 1.1, more than the leverage of 1"}},
    {"asset,quantity,price,target\nA,1,1,0.6\nCASH,1,,0.5\n",
     {", row 3, column 4 (target): '0.5' is not what the other targets leave over, 0.4"}},
    {"asset,quantity,price,target\nA,1,1,0.6\nCASH,x,,\n", {", row 3, column 2 (quantity): 'x' is not a number"}},
    {"asset,quantity,price,target\nA,1,1,0.6\nCASH,,,\n", {", row 3, column 2 (quantity): it is blank, and is not a number"}},
    {"asset,quantity,price,target\nA,1,1,0.6\nCASH,1,2,\n", {", row 3, column 3 (price): '2' is not the price of cash"}},
    {"asset,quantity,price,target\nA,1,1,0.6\nCASH,1,,x\n", {", row 3, column 4 (target): 'x' is not a number"}},
    {"asset,quantity,price,target,frozen\nA,1,1,0.6,\nCASH,1,,,yes\n", {", row 3, column 5 (frozen): 'yes' means nothing for CASH"}},
    {"asset,quantity,price,target,lower\nA,1,1,0.6,\nCASH,1,,,0.1\n", {", row 3, column 5 (lower): '0.1' means nothing for CASH"}},
    {"asset,quantity,price,target\nA,0,1,1\nCASH,0,,\n", {"cash and positions together are not worth a number above zero"}},
    {"asset,quantity,price,target\nA,1,1,1\nCASH,-5,,\n", {"cash and positions together are not worth a number above zero"}},
    {"asset,quantity,price,target,step\nA,1,1,1,x\n", {", row 2, column 5 (step): 'x' is not a number"}},
    {"asset,quantity,price,target,step\nA,1,1,1,-1\n", {", row 2, column 5 (step): '-1' is below zero"}},
    {"asset,quantity,price,target,step\nA,1,1,1,1e-19\n", {", row 2, column 5 (step): '1e-19' is no decimal number of at most 18 places"}},
    {"asset,quantity,price,target,step\nA,1,1,1,1e17\n", {", row 2, column 5 (step): '1e17' is no decimal number"}},
    {"asset,quantity,price,target,min_notional\nA,1,1,1,-5\n", {", row 2, column 5 (min_notional): '-5' is below zero"}},
    {"asset,quantity,price,target,min_notional\nA,1,1,1,a lot\n", {", row 2, column 5 (min_notional): 'a lot' is not a number"}},
    {"asset,quantity,price,target,lower\nA,1,1,0.5,0.6\n", {", row 2, column 5 (lower): '0.6' is above the target 0.5"}},
    {"asset,quantity,price,target,upper\nA,1,1,0.5,0.4\n", {", row 2, column 5 (upper): '0.4' is below the target 0.5"}},
    {"asset,quantity,price,target,upper\nA,1,1,0.5,?\n", {", row 2, column 5 (upper): '?' is not a number"}},
    {"asset,quantity,price,target,open_quantity\nA,1,1,0.5,x\n", {", row 2, column 5 (open_quantity): 'x' is not a number"}},
    {"asset,quantity,price,target,open_quantity\nA,1,1,0.5,-2\n",
     {", row 2, column 5 (open_quantity): '-2' sells more than the 1 that are held"}},
    {"asset,quantity,price,target,tick\nA,1,1,0.5,x\n", {", row 2, column 5 (tick): 'x' is not a number"}},
    {"asset,quantity,price,target,tick\nA,1,1,0.5,-0.01\n", {", row 2, column 5 (tick): '-0.01' is below zero"}},
    {"asset,quantity,price,target,tick\nA,1,1,0.5,1e-19\n",
     {", row 2, column 5 (tick): '1e-19' is no decimal number of at most 18 places"}},
    {"asset,quantity,price,target,min_quantity\nA,1,1,0.5,-5\n", {", row 2, column 5 (min_quantity): '-5' is below zero"}},
    {"asset,quantity,price,target,min_quantity\nA,1,1,0.5,some\n", {", row 2, column 5 (min_quantity): 'some' is not a number"}},
    {"asset,quantity,price,target,max_quantity\nA,1,1,0.5,-5\n", {", row 2, column 5 (max_quantity): '-5' is below zero"}},
    {"asset,quantity,price,target,max_quantity\nA,1,1,0.5,some\n", {", row 2, column 5 (max_quantity): 'some' is not a number"}},
    {"asset,quantity,price,target,max_notional\nA,1,1,0.5,-5\n", {", row 2, column 5 (max_notional): '-5' is below zero"}},
    {"asset,quantity,price,target,max_notional\nA,1,1,0.5,some\n", {", row 2, column 5 (max_notional): 'some' is not a number"}},
    {"asset,quantity,price,target,buy_min_quantity\nA,1,1,0.5,-5\n", {", row 2, column 5 (buy_min_quantity): '-5' is below zero"}},
    {"asset,quantity,price,target,buy_min_quantity\nA,1,1,0.5,some\n", {", row 2, column 5 (buy_min_quantity): 'some' is not a number"}},
    {"asset,quantity,price,target,buy_max_quantity\nA,1,1,0.5,-5\n", {", row 2, column 5 (buy_max_quantity): '-5' is below zero"}},
    {"asset,quantity,price,target,buy_max_quantity\nA,1,1,0.5,some\n", {", row 2, column 5 (buy_max_quantity): 'some' is not a number"}},
    {"asset,quantity,price,target,buy_min_notional\nA,1,1,0.5,-5\n", {", row 2, column 5 (buy_min_notional): '-5' is below zero"}},
    {"asset,quantity,price,target,buy_min_notional\nA,1,1,0.5,some\n", {", row 2, column 5 (buy_min_notional): 'some' is not a number"}},
    {"asset,quantity,price,target,buy_max_notional\nA,1,1,0.5,-5\n", {", row 2, column 5 (buy_max_notional): '-5' is below zero"}},
    {"asset,quantity,price,target,buy_max_notional\nA,1,1,0.5,some\n", {", row 2, column 5 (buy_max_notional): 'some' is not a number"}},
    {"asset,quantity,price,target,sell_min_quantity\nA,1,1,0.5,-5\n", {", row 2, column 5 (sell_min_quantity): '-5' is below zero"}},
    {"asset,quantity,price,target,sell_min_quantity\nA,1,1,0.5,some\n", {", row 2, column 5 (sell_min_quantity): 'some' is not a number"}},
    {"asset,quantity,price,target,sell_max_quantity\nA,1,1,0.5,-5\n", {", row 2, column 5 (sell_max_quantity): '-5' is below zero"}},
    {"asset,quantity,price,target,sell_max_quantity\nA,1,1,0.5,some\n", {", row 2, column 5 (sell_max_quantity): 'some' is not a number"}},
    {"asset,quantity,price,target,sell_min_notional\nA,1,1,0.5,-5\n", {", row 2, column 5 (sell_min_notional): '-5' is below zero"}},
    {"asset,quantity,price,target,sell_min_notional\nA,1,1,0.5,some\n", {", row 2, column 5 (sell_min_notional): 'some' is not a number"}},
    {"asset,quantity,price,target,sell_max_notional\nA,1,1,0.5,-5\n", {", row 2, column 5 (sell_max_notional): '-5' is below zero"}},
    {"asset,quantity,price,target,sell_max_notional\nA,1,1,0.5,some\n", {", row 2, column 5 (sell_max_notional): 'some' is not a number"}},
    {"asset,quantity,price,target,min_position\nA,1,1,0.5,-5\n", {", row 2, column 5 (min_position): '-5' is below zero"}},
    {"asset,quantity,price,target,min_position\nA,1,1,0.5,some\n", {", row 2, column 5 (min_position): 'some' is not a number"}},
    {"asset,quantity,price,target,max_position\nA,1,1,0.5,-5\n", {", row 2, column 5 (max_position): '-5' is below zero"}},
    {"asset,quantity,price,target,max_position\nA,1,1,0.5,some\n", {", row 2, column 5 (max_position): 'some' is not a number"}},
    {"asset,quantity,price,target,max_short\nA,1,1,0.5,-5\n", {", row 2, column 5 (max_short): '-5' is below zero"}},
    {"asset,quantity,price,target,max_short\nA,1,1,0.5,some\n", {", row 2, column 5 (max_short): 'some' is not a number"}},
    {"asset,quantity,price,target,margin_long\nA,1,1,0.5,-5\n", {", row 2, column 5 (margin_long): '-5' is below zero"}},
    {"asset,quantity,price,target,margin_long\nA,1,1,0.5,some\n", {", row 2, column 5 (margin_long): 'some' is not a number"}},
    {"asset,quantity,price,target,margin_short\nA,1,1,0.5,-5\n", {", row 2, column 5 (margin_short): '-5' is below zero"}},
    {"asset,quantity,price,target,margin_short\nA,1,1,0.5,some\n", {", row 2, column 5 (margin_short): 'some' is not a number"}},
    {"asset,quantity,price,target,margin_long\nA,1,1,0.5,0.4\nB,1,1,0.5,1.8\n",
     {", column 4 (target): they need a margin of 1.1 of the portfolio"}},
    {"asset,quantity,price,target\nA,1,1,0.5\nB,1,1,0.3\n",
     {", column 4 (target): long less short they come to 0.8, more than the net leverage of 0.7"},
     {"--mandate", "net_leverage=0.7"}},
    {"asset,quantity,price,target,close_first\nA,1,1,0.5,perhaps\n",
     {", row 2, column 5 (close_first): 'perhaps' is neither yes (true, 1) nor no"}},
    {"asset,quantity,price,target,close_first\nA,1,1,1,\nCASH,1,,,yes\n",
     {", row 3, column 5 (close_first): 'yes' means nothing for CASH"}},
    {"asset,quantity,price,target,multiplier\nA,1,1,0.5,0\n", {", row 2, column 5 (multiplier): '0' is not a number above zero"}},
    {"asset,quantity,price,target,multiplier\nA,1,1,0.5,-50\n", {", row 2, column 5 (multiplier): '-50' is not a number above zero"}},
    {"asset,quantity,price,target,multiplier\nA,1,1,0.5,ten\n", {", row 2, column 5 (multiplier): 'ten' is not a number"}},
    {"asset,quantity,price,target,no_buy\nA,1,1,0.5,perhaps\n", {", row 2, column 5 (no_buy): 'perhaps' is neither yes (true, 1) nor no"}},
    {"asset,quantity,price,target,no_sell\nA,1,1,0.5,perhaps\n",
     {", row 2, column 5 (no_sell): 'perhaps' is neither yes (true, 1) nor no"}},
    {"asset,quantity,price,target,close_only\nA,1,1,0.5,perhaps\n",
     {", row 2, column 5 (close_only): 'perhaps' is neither yes (true, 1) nor no"}},
    {"asset,quantity,price,target,volume\nA,1,1,0.5,-1\n", {", row 2, column 5 (volume): '-1' is below zero"}},
    {"asset,quantity,price,target,volume\nA,1,1,0.5,many\n", {", row 2, column 5 (volume): 'many' is not a number"}},
    {"asset,quantity,price,target,min_quantity,max_quantity\nA,1,1,0.5,10,9.5\n",
     {", row 2, column 6 (max_quantity): '9.5' is below the min_quantity, 10"}},
    {"asset,quantity,price,target,min_notional,max_notional\nA,1,1,0.5,10,9.5\n",
     {", row 2, column 6 (max_notional): '9.5' is below the min_notional, 10"}},
    {"asset,quantity,price,target,buy_min_quantity,buy_max_quantity\nA,1,1,0.5,10,9.5\n",
     {", row 2, column 6 (buy_max_quantity): '9.5' is below the buy_min_quantity, 10"}},
    {"asset,quantity,price,target,buy_min_notional,buy_max_notional\nA,1,1,0.5,10,9.5\n",
     {", row 2, column 6 (buy_max_notional): '9.5' is below the buy_min_notional, 10"}},
    {"asset,quantity,price,target,sell_min_quantity,sell_max_quantity\nA,1,1,0.5,10,9.5\n",
     {", row 2, column 6 (sell_max_quantity): '9.5' is below the sell_min_quantity, 10"}},
    {"asset,quantity,price,target,sell_min_notional,sell_max_notional\nA,1,1,0.5,10,9.5\n",
     {", row 2, column 6 (sell_max_notional): '9.5' is below the sell_min_notional, 10"}},
    {"asset,quantity,price,target,min_position,max_position\nA,1,1,0.5,10,9.5\n",
     {", row 2, column 6 (max_position): '9.5' is below the min_position, 10"}},
    {"asset,quantity,price,target,open_quantity,open_limit\nA,1,1,0.5,5,0\n",
     {", row 2, column 6 (open_limit): '0' is not a price above zero"}},
    {"asset,quantity,price,target,open_quantity,open_limit\nA,1,1,0.5,5,x\n", {", row 2, column 6 (open_limit): 'x' is not a number"}},
    {"asset,quantity,price,target,open_quantity,open_limit\nA,1,1,0.5,,9\n",
     {", row 2, column 6 (open_limit): '9' is said of an open order, but open_quantity has none"}},
    {"asset,quantity,price,target,open_cost\nA,1,1,0.5,9\n", {", row 2, column 5 (open_cost): '9' is said of an open order"}},
    {"asset,quantity,price,target,open_quantity,open_cost\nA,1,1,0.5,5,x\n", {", row 2, column 6 (open_cost): 'x' is not a number"}},
    {"asset,quantity,price,target,multiplier\nA,1e200,1,1,1e200\n",
     {", row 2, column 2 (quantity): '1e200' is worth more than can be counted"}},
    {"asset,quantity,price,target,tick\nA,1,1,1,\nCASH,1,,,0.01\n", {", row 3, column 5 (tick): '0.01' means nothing for CASH"}},
    {"asset,quantity,price,target,max_short\nA,1,1,1,\nCASH,1,,,0\n", {", row 3, column 5 (max_short): '0' means nothing for CASH"}},
    {"asset,quantity,price,target,no_sel\nA,1,1,1,\n", {"'no_sel'; did you mean 'no_sell'?"}},
    {"asset,quantity,price,target,max_quantitty\nA,1,1,1,\n", {"'max_quantitty'; did you mean 'max_quantity'?"}},
    {"asset,quantity,price,target,frozen\nA,1,1,0.5,maybe\n", {", row 2, column 5 (frozen): 'maybe' is neither yes (true, 1) nor no"}},
    {"asset,quantity,price,target,as_of\nA,1,1,0.5,now\n", {", row 2, column 5 (as_of): 'now' is no time (YYYY-MM-DD"}},
    {"asset,quantity,price,target,as_of\nA,1,1,0.5,2021-02-29\n", {", row 2, column 5 (as_of): '2021-02-29' is no time"}},
    {"asset,quantity,price,target,volatility\nA,1,1,0.5,\n", {", row 2, column 5 (volatility): it is blank, and is not a number"}},
    {"asset,quantity,price,target,volatility\nA,1,1,0.5,-0.1\n", {", row 2, column 5 (volatility): '-0.1' is no volatility"}},
    {good_book, {", row 1: no column is called 'as_of', which the guard stale_price reads"}, {"--guard", "stale_price:max_age=15m"}},
    {good_book, {", row 1: no column is called 'volume', which the guard participation reads"}, {"--guard", "participation"}},
    {good_book, {", row 1: the column 'target' is given, but the target policy makes its own"}, {"--target", "equal"}},
    {"asset,quantity,price,lower\nA,1,1,0\n", {", row 1: lower and upper are bounds around targets of the book"}, {"--target", "equal"}},
    {good_book, {", row 1: no column is called 'volatility', which the estimator given reads"}, {"--estimator", "given"}},
};

// ---- prices -----------------------------------------------------------------------------------------------------------------------------
const std::vector<wrong_file> wrong_prices{
    {"", {", row 1: it is empty"}},
    {"date;A;B\n2020-01-01;1;2\n", {", row 1: no column is called 'A'", "parted by semicolons"}},
    {"date\n2020-01-01\n", {", row 1: no column is called 'A'; after the date there are none"}},
    {"date,A,b\n2020-01-01,1,2\n", {", row 1: no column is called 'B'; did you mean 'b'?"}},
    {"date,SPY,AGG\n2020-01-01,1,2\n", {", row 1: no column is called 'A'; there are: SPY, AGG"}},
    {"date,A,B,A\n", {", row 1: columns 2 and 4 are both called 'A'"}},
    {"2020-01-01,1,2\n2020-01-02,1,2\n", {", row 1: no column is called 'A'"}},
    {"date,A,B\n", {": no row has a price in every column of A, B"}},
    {"date,A,B\n2020-01-01,,2\n2020-01-02,1,\n", {": no row has a price in every column of A, B"}},
    {"date,A,B\n2020-01-01,1,2\n", {", row 2: it is the only row with all prices, and one row is no history"}},
    {"date,A,B\n2020-01-01,1,2\n2020-01-02,1\n", {", row 3: it has 2 fields, the header has 3"}},
    {"date,A,B\n2020-01-01,1,2\n2020-01-02,1,2,3\n", {", row 3: it has 4 fields, the header has 3"}},
    {"date,A,B\n2020-01-01,1,2\n\n2020-01-02,1,x\n", {", row 4, column 3 (B): 'x' is not a price above zero"}},
    {"date,A,B\n2020-01-01,0,2\n", {", row 2, column 2 (A): '0' is not a price above zero"}},
    {"date,A,B\n2020-01-01,-1,2\n", {", row 2, column 2 (A): '-1' is not a price above zero"}},
    {"date,A,B\n2020-01-01,nan,2\n", {", row 2, column 2 (A): 'nan' is not a price above zero"}},
    {"date,A,B\n2020-01-01,inf,2\n", {", row 2, column 2 (A): 'inf' is not a price above zero"}},
    {"date,A,B\n2020-01-01,1e301,2\n", {", row 2, column 2 (A): '1e301' is not a price above zero"}},
    {"date,A,B\n2020-01-01,1 000,2\n", {", row 2, column 2 (A): '1 000' is not a price above zero"}},
    {"date,A,B\n2020-01-01,#N/A,2\n", {", row 2, column 2 (A): '#N/A' is not a price above zero"}},
    {"date,A,B\n,1,2\n", {", row 2, column 1 (date): it is blank, and is no date"}},
    {"date,A,B\n01.02.2020,1,2\n", {", row 2, column 1 (date): '01.02.2020' is no date (YYYY-MM-DD"}},
    {"date,A,B\n2020-02-30,1,2\n", {", row 2, column 1 (date): '2020-02-30' is no date"}},
    {"date,A,B\n1/2/2020,1,2\n", {", row 2, column 1 (date): '1/2/2020' is no date"}},
    {"date,A,B\n1500-01-01,1,2\n", {", row 2, column 1 (date): '1500-01-01' is no date"}},
    {"date,A,B\n2020-01-02,1,2\n2020-01-02,1,2\n", {", row 3, column 1 (date): '2020-01-02' is the date of the row before as well"}},
    {"date,A,B\n2020-01-02,1,2\n2020-01-01,1,2\n", {", row 3, column 1 (date): '2020-01-01' is earlier than the row before"}},
    {"date,A,B\n2020-01-01,1,\"2\n2020-01-02,1,2\n", {", row 2, column 3: a quote is opened and not closed"}},
    {std::string("date,A,B\n2020-01-01,1,\0"
                 "2\n",
                 25),
     {", row 2: it holds a zero byte"}},
};

}  // namespace

TEST_CASE("rebalance: wrong usage ends with 2 and the nearest right word, and prints nothing") {
    for (const wrong_line& w : wrong_usage) {
        std::string line;
        for (const std::string& a : w.arguments) line += a + " ";
        CAPTURE(line);
        check_refused(test::hosted(w.arguments), 2, w.said);
    }
}

TEST_CASE("rebalance: malformed books end with 3, file, row and column, and print nothing") {
    for (const wrong_file& w : wrong_books) {
        const test::temporary_file file{w.content};
        CAPTURE(w.content);
        std::vector<std::string> arguments = plan({"--book", file.path()});
        arguments.insert(arguments.end(), w.more_arguments.begin(), w.more_arguments.end());
        const test::answer a = test::hosted(arguments);
        check_refused(a, 3, w.said);
        CHECK(a.err.find(file.path()) == 11);
    }
}

TEST_CASE("rebalance: malformed price files end with 3, file, row and column, and print nothing") {
    for (const wrong_file& w : wrong_prices) {
        const test::temporary_file file{w.content};
        CAPTURE(w.content);
        std::vector<std::string> arguments{"replay", "--prices", file.path(), "--targets", "A=0.5,B=0.5", "--trades", "never-written.csv"};
        if (w.more_arguments.empty()) arguments.insert(arguments.end(), {"--trigger", "every:0s"});
        arguments.insert(arguments.end(), w.more_arguments.begin(), w.more_arguments.end());
        const test::answer a = test::hosted(arguments);
        check_refused(a, 3, w.said);
        CHECK(a.err.find(file.path()) != std::string::npos);
    }
}

// Whatever bytes come: an answer or a refusal, and never half of one.
TEST_CASE("rebalance: files and specifications with bytes changed at random are answered in full or refused in full") {
    std::mt19937_64 random{1912};
    const std::string bytes = "0123456789.,-+eE\n\r\"; =:()[]AB\t\x01\xff";
    const auto damaged = [&](std::string text) {
        for (std::uint64_t k = 1 + random() % 2; k > 0 && !text.empty(); --k) {
            const std::size_t at = random() % text.size();
            const char c = bytes[random() % bytes.size()];
            const std::uint64_t how = random() % 3;
            if (how == 0) text[at] = c;
            if (how == 1) text.insert(at, 1, c);
            if (how == 2) text.erase(at, 1 + random() % 3);
        }
        return text;
    };
    const std::string book = "asset,quantity,price,target,step,lower,upper,open_quantity,frozen,as_of,max_notional,close_only,multiplier\n"
                             "A,10,5,0.5,1,0.4,0.6,-2,,2020-01-01,20,no,1\n"
                             "B,5,10,0.4,0.1,,0.5,,yes,,,1,\n"
                             "CASH,10,,0.1,,,,,,,,,\n";
    const std::string policy =
        "p: trigger=any_of(band:absolute=0.05,relative=0.25, cooldown:5d(calendar:monthly)); cost=proportional:10bps; "
        "guard=max_turnover:limit=0.2; solver=to_band:edge; reserve=0.01";
    std::size_t answered = 0;
    std::size_t refused = 0;
    const auto check = [&](const std::string& content, const test::answer& a) {
        CAPTURE(content, a.err);
        CHECK((a.code == 0 || a.code == 2 || a.code == 3 || a.code == 4));
        CHECK(a.out.empty() == (a.code != 0));
        CHECK((a.err.substr(0, 11) == "rebalance: ") == (a.code != 0));
        ++(a.code == 0 ? answered : refused);
    };
    for (int k = 0; k < 600; ++k) {
        const std::string of_book = damaged(book);
        const test::temporary_file book_file{of_book};
        check(of_book, test::hosted(plan({"--book", book_file.path(), "--cost", "proportional:bps=10"})));
        const std::string of_prices = damaged(good_prices);
        const test::temporary_file price_file{of_prices};
        check(of_prices, test::hosted({"replay", "--prices", price_file.path(), "--targets", "A=0.5,B=0.5", "--trigger", "every:0s"}));
        const std::string of_policy = damaged(policy);
        const test::temporary_file right{good_prices};
        check(of_policy, test::hosted({"replay", "--prices", right.path(), "--targets", "A=0.5,B=0.5", "--policy", of_policy}));
    }
    CHECK(answered > 100);
    CHECK(refused > 300);
}

TEST_CASE("rebalance: files that are not there, and a folder") {
    check_refused(test::hosted(plan({"--book", "/no/such/book.csv"})), 3, {"/no/such/book.csv: can not be opened"});
    check_refused(test::hosted(plan({"--book", "/"})), 3, {"/: can not be "});
    check_refused(test::hosted({"replay", "--trigger", "never", "--targets", "A=1", "--prices", "/no/such.csv"}), 3,
                  {"/no/such.csv: can not be opened"});
}

TEST_CASE("rebalance: the right files and lines, of which the wrong ones above are slips, are accepted") {
    const test::temporary_file book{good_book};
    const test::temporary_file prices{good_prices};
    CHECK(test::hosted(plan({"--book", book.path()})).code == 0);
    CHECK(test::hosted({"replay", "--prices", prices.path(), "--targets", "A=0.5,B=0.5", "--trigger", "every:0s"}).code == 0);
    CHECK(wrong_usage.size() + wrong_books.size() + wrong_prices.size() > 150);
}
