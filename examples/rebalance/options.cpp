#include "options.hpp"

#include <utility>

namespace host {

namespace {

constexpr unsigned in_plan = static_cast<unsigned>(command::plan);
constexpr unsigned in_replay = static_cast<unsigned>(command::replay);
constexpr unsigned in_both = in_plan | in_replay;
constexpr unsigned in_tune = static_cast<unsigned>(command::tune);
constexpr unsigned in_all = in_both | in_tune | static_cast<unsigned>(command::list);

constexpr option options[] = {
    {"--book", "FILE", false, in_plan,
     "the account, as CSV; - is the standard input. Columns asset, quantity, price, target; and, where wanted:\n"
     "  step           quantities sent are whole numbers of it; where all that is held is, it is counted, to the last digit\n"
     "  tick           limit prices are whole numbers of it, rounded to the side that fills no worse\n"
     "  multiplier     units of the priced thing that one unit of quantity stands for: a contract\n"
     "  min_quantity, max_quantity, min_notional, max_notional\n"
     "                 no order below these is sent; what is above is left to the next plan\n"
     "  buy_min_quantity, sell_min_quantity, and so on\n"
     "                 the same for one side, besides\n"
     "  min_position, max_position\n"
     "                 units: a trade leaves nothing or no less; nothing is added above\n"
     "  fee_asset, buy_fee_asset, sell_fee_asset\n"
     "                 the asset of the book that fees are paid in, its own name included; blank or CASH: cash. The cost is what\n"
     "                 such a fee is worth; the trade list tells it in two columns more, fee_asset and fee_quantity\n"
     "  fee_step       fees that are paid in this asset are rounded up to whole numbers of it\n"
     "  max_short      units that can be borrowed, where the mandate allows shorts\n"
     "  margin_long, margin_short\n"
     "                 initial margin: the share of a long, and of a short, position that the portfolio's value has to cover\n"
     "  close_first    yes: no order goes through zero; one closes the position and another opens the other side\n"
     "  no_buy, no_sell, close_only, frozen\n"
     "                 yes: what may not be done; the position may only become smaller; the row keeps its quantity\n"
     "  lower, upper   the band outside of which the weight has drifted: one more --trigger; blank: no band on that side\n"
     "  open_quantity  units of an order that is sent and not filled, sales negative: it counts as filled, or is to be cancelled\n"
     "  open_limit, open_cost\n"
     "                 its limit price, by which an open buy may take more cash, and the fees it has still to pay\n"
     "  settled        in the row CASH: how much of it has settled; with --proceeds when_settled the rest is not spent\n"
     "  as_of          when the price was quoted; read by --guard stale_price\n"
     "  volatility     per year; read by --trigger volatility_band and tracking_error, --guard worth_it\n"
     "  volume         units traded per day, read by --guard participation; blank: not known\n"
     "A blank field is no rule. The row CASH holds the cash as its quantity; a target of its own is checked against what the\n"
     "others leave over."},
    {"--prices", "FILE", false, in_replay,
     "prices, as CSV; - is the standard input: a date, then one column per asset, oldest first. Rows in which a column\n"
     "that is asked for is blank are left out. Dates are YYYY-MM-DD, YYYY-MM-DDThh:mm:ssZ or Mon D YYYY. Estimators\n"
     "from bars also read the columns A.open, A.high and A.low of an asset A, or open, high and low where there is one."},
    {"--targets", "LIST", false, in_replay, "target weights, like A=0.6,B=0.4; what they leave over is CASH, which may be named"},
    {"--trigger", "SPEC", true, in_both,
     "when to act, like band:absolute=0.05,relative=0.25 or calendar:monthly; several: when any of them fires.\n"
     "plan without one, and without a band in the book, acts at once (every:0s)."},
    {"--all", nullptr, false, in_both, "act when all the triggers fire, not when any does"},
    {"--cost", "SPEC", true, in_both, "what a trade costs, like proportional:bps=10 or fixed:amount=1; several: their sum; none: nothing"},
    {"--solver", "SPEC", false, in_both, "how far to go: to_target (if none is named), or to_band:edge"},
    {"--guard", "SPEC", true, in_both, "what must not happen, like max_turnover:limit=0.2"},
    {"--target", "SPEC", false, in_both,
     "a target policy, like equal, in place of the book's targets; replay: in place of the weights in --targets"},
    {"--estimator", "SPEC", true, in_both, "how volatility is measured, like ewma:half_life=60d"},
    {"--sizing", "SPEC", false, in_both, "how orders are sized, like reconciled:collar=0.001 for limit prices 0.1 % away, or integer"},
    {"--collar", "FRACTION", false, in_both, "how much worse than the price an order may fill, like 0.001; says what --sizing may say"},
    {"--shortfall", "RULE", false, in_both, "who gets the cash where it does not reach for all buys: proportional or largest_drift"},
    {"--integers", "HOW", false, in_both,
     "whole steps chosen for the book as a whole, as near to the targets as the rules and the cash allow.\n"
     "exact: the best there are, with a proof, where up to 32 assets can move; search: by exchanges of steps, for any\n"
     "number of assets. plan says how good the choice is, and what no choice can be below"},
    {"--mandate", "SPEC", false, in_both, "what the account may do, like leverage=1.5,allow_short"},
    {"--reserve", "SHARE", false, in_both, "the share of the portfolio that stays in cash, like 0.02"},
    {"--reserve-amount", "AMOUNT", false, in_both, "the amount that stays in cash, besides that share"},
    {"--turnover", "SHARE", false, in_both,
     "the largest one-way turnover of a plan, like 0.05; the same as --guard max_turnover:limit=SHARE"},
    {"--leverage", "NUMBER", false, in_both,
     "what all positions, longs and shorts, may come to, a multiple of the value; says what --mandate may say"},
    {"--proceeds", "WHEN", false, in_both,
     "when what sales bring pays for buys: at_once, in the same list (if nothing is said), or when_settled"},
    {"--flow", "AMOUNT", false, in_plan,
     "what was paid in besides the book's cash; below 0: what is to be paid out once the orders are filled, and is raised"},
    {"--unsettled", "AMOUNT", false, in_plan, "of the book's cash, what has not settled yet: with --proceeds when_settled it is not spent"},
    {"--signals", "LIST", false, in_both,
     "what --trigger signal reads, from index 0: in plan the numbers, like 0.93,12; in replay the columns of the price file\n"
     "that hold them, where a blank field is not known"},
    {"--venues", "FILE", false, in_plan,
     "where the assets can be traded, as CSV: each order is split over the venues of its asset, and the trade list has a line for\n"
     "each leg, with its venue and the number of the order. What trading there costs, and what is there, goes into the plan; an\n"
     "asset without a venue is traded at the price of the book. Columns asset, venue, kind, and for the kind\n"
     "  constant_product   units, cash: what the pool holds\n"
     "  weighted           units, cash, weight: of the asset; that of cash is the rest\n"
     "  stable             units, cash, amplification: Curve's A\n"
     "  concentrated       price; a row for each range: lower, upper, liquidity (root of units times cash), prices rising\n"
     "  order_book         a row for each level, best first: side (bid or ask), price, size\n"
     "  constant_price     price, and, where they are limited, the units and the cash that it can give\n"
     "  quotes             a row for each answer, sizes rising: side (sell or buy), units, cash\n"
     "  any of them        fee: a share, of a book's notional, else of what goes in (stable: comes out; none in quotes), and\n"
     "                     gas: cash for each leg"},
    {"--impact", "SHARE", false, in_plan,
     "how much worse than the first unit's the average price of an order may be at the venues, like 0.01: the rest is left to\n"
     "the next plan; 1, all that is there, where it is not given"},
    {"--slippage", "SHARE", false, in_plan,
     "how much worse than its quote a leg may fill, like 0.001, for its limit price; 0.005 where it is not given. The cash reaches\n"
     "for it, as for a --collar, which it is where none is given"},
    {"--covariance", "FILE", false, in_plan,
     "covariances per year of the returns of the assets, as CSV: the column asset, then one per asset, in any order. It is the\n"
     "first estimator, for --solver tracking and no_trade_region, --trigger tracking_error and the others that read risk.\n"
     "Assets that the book does not have are passed over"},
    {"--factors", "FILE", false, in_plan,
     "in place of it a factor model of risk, as CSV: the column asset, then one per factor with the exposures to it. With the\n"
     "next two it is the first estimator. Assets of these files that the book does not have are passed over"},
    {"--factor-covariance", "FILE", false, in_plan,
     "covariances per year of the returns of the factors, as CSV: the column factor, then one per factor"},
    {"--specific", "FILE", false, in_plan,
     "what the factors do not explain of each asset, per year, as CSV: columns asset, and volatility or variance"},
    {"--groups", "FILE", false, in_plan,
     "limits on groups of assets that --solver tracking keeps, as CSV: columns group and asset, lower and upper or one of them,\n"
     "weights, in one row of the group or more, and where wanted coefficient (1 where it is blank): the sum of coefficient times\n"
     "weight stays within the two. An asset may be in several groups"},
    {"--policy", "TEXT", true, in_both,
     "a policy with a name: \"NAME: trigger=...; cost=...; solver=...\"; in replay several, compared in one table. What it\n"
     "does not say is taken from the options above."},
    {"--now", "TIME", false, in_plan, "the time of the plan; the machine's clock where it is not given"},
    {"--last-trade", "TIME", false, in_plan,
     "when the account last traded, for calendar, every, cooldown and worth_it; never, where it is not given"},
    {"--explain", nullptr, false, in_plan, "every row on stderr: weights, target and reason"},
    {"--certificate", nullptr, false, in_plan,
     "how good the answer of --solver tracking or no_trade_region is, on stderr: residuals, gap and the prices of limits; of\n"
     "tracking also what a share more of each asset is worth and costs, which is why its trade stops where it does"},
    {"--wealth", "AMOUNT", false, in_replay, "what the account begins with; 1 where it is not given"},
    {"--cash-rate", "RATE", false, in_replay | in_tune, "interest on cash per year, compounded continuously; 0 where it is not given"},
    {"--step", "STEP", false, in_replay, "quantities are whole numbers of it, like 1 or 0.001; any, where it is not given"},
    {"--min-notional", "AMOUNT", false, in_replay, "no order below it is sent"},
    {"--trades", "FILE", false, in_replay, "writes every order, the purchase on the first row included, as CSV"},
    {"--equity", "FILE", false, in_replay, "writes wealth, drawdown and weights of every row, after trading, as CSV"},
    {"--plot", "FILE.svg", false, in_replay, "draws wealth, drawdown, and weights with their targets and bands"},
    {"--weight", "WEIGHT", false, in_tune, "the target weight of the asset, like 0.6; what it leaves over is cash"},
    {"--drift", "RATE", false, in_tune, "the asset's expected return per year, like 0.08"},
    {"--volatility", "RATE", false, in_tune, "the asset's volatility per year, like 0.2"},
    {"--bps", "NUMBER", false, in_tune, "what trading costs, in basis points of what is bought or sold; 0 where it is not given"},
    {"--fixed", "SHARE", false, in_tune, "what each rebalance costs besides, a share of the portfolio; 0 where it is not given"},
    {"--risk-aversion", "NUMBER", false, in_tune,
     "what being off the target costs: the score is -cost - 0.5 * risk aversion * tracking_error^2. Where it is not given,\n"
     "that of the investor for whom this weight is best"},
    {"--growth", nullptr, false, in_tune, "the score is log growth after costs, wherever the weight drifts to"},
    {"--help", nullptr, false, in_all, "this text"},
};

constexpr std::pair<const char*, command> commands[] = {
    {"plan", command::plan}, {"replay", command::replay}, {"list", command::list}, {"tune", command::tune}};

const char* name_of(command c) {
    for (const auto& [name, value] : commands)
        if (value == c) return name;
    return "";
}

std::vector<std::string> command_names() {
    std::vector<std::string> names;
    for (const auto& [name, value] : commands) names.emplace_back(name);
    return names;
}

std::vector<std::string> option_names(command c) {
    std::vector<std::string> names;
    for (const option& o : options)
        if (c == command::none || (o.commands & static_cast<unsigned>(c)) != 0) names.emplace_back(o.name);
    return names;
}

const option* option_called(std::string_view name) {
    for (const option& o : options)
        if (name == o.name) return &o;
    return nullptr;
}

failure wrong(std::string message) { return {wrong_usage, std::move(message)}; }

/// The command: the first word that is no option. The values of options before it are stepped over.
failure find_command(std::span<const std::string> arguments, command_line& out, std::size_t& at) {
    for (at = 0; at < arguments.size(); ++at) {
        const std::string& a = arguments[at];
        if (a.size() > 1 && a.front() == '-') {
            const option* o = option_called(a);
            if (o != nullptr && o->value != nullptr) ++at;
            continue;
        }
        if (a == "help") {
            out.help = true;
            continue;
        }
        for (const auto& [name, value] : commands)
            if (a == name) out.command = value;
        if (out.command == command::none) return wrong(joined({"no command is called ", in_quotes(a), advice(a, command_names())}));
        return {};
    }
    return {};
}

failure refuse_unknown(std::string_view name, command c) {
    if (const option* o = option_called(name); o != nullptr) {
        std::vector<std::string> where;
        for (const auto& [of, value] : commands)
            if ((o->commands & static_cast<unsigned>(value)) != 0) where.emplace_back(of);
        return wrong(joined({name, " is no option of ", name_of(c), ", but of ", listed(where, " and ")}));
    }
    const std::string of = c == command::none ? "" : joined({" of ", name_of(c)});
    return wrong(joined({"no option", of, " is called ", in_quotes(name), advice(name, option_names(c))}));
}

}  // namespace

std::span<const option> known_options() { return options; }

const std::string* command_line::find(std::string_view name) const {
    for (const given_option& o : options)
        if (name == o.what->name) return &o.value;
    return nullptr;
}

failure parse_command_line(std::span<const std::string> arguments, command_line& out) {
    out = {};
    std::size_t command_at = 0;
    if (const failure f = find_command(arguments, out, command_at)) return f;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        if (out.command != command::none && i == command_at) continue;
        const std::string& a = arguments[i];
        if (a == "-h" || (a == "help" && out.help)) {
            out.help = true;
            continue;
        }
        if (a.size() < 2 || a.front() != '-') {
            if (out.command != command::list) {
                const std::string after = i > 0 ? joined({" after ", in_quotes(arguments[i - 1])}) : "";
                return wrong(joined({in_quotes(a), after, " is no option; options begin with --"}));
            }
            out.words.push_back(a);
            continue;
        }
        const std::size_t equals = a.find('=');
        const std::string name = a.substr(0, equals);
        const option* o = option_called(name);
        if (o == nullptr || (out.command != command::none && (o->commands & static_cast<unsigned>(out.command)) == 0))
            return refuse_unknown(name, out.command);
        given_option g{.what = o, .value = {}};
        if (o->value == nullptr) {
            if (equals != std::string::npos) return wrong(joined({name, " takes no value, but has ", in_quotes(a.substr(equals + 1))}));
            if (name == "--help") out.help = true;
        } else if (equals != std::string::npos) {
            g.value = a.substr(equals + 1);
        } else {
            if (i + 1 == arguments.size()) return wrong(joined({name, " needs a value: ", name, " ", o->value}));
            const std::string& next = arguments[++i];
            if (next.substr(0, 2) == "--")
                return wrong(joined({name, " needs a value: ", name, " ", o->value, "; ", in_quotes(next), " follows"}));
            g.value = next;
        }
        if (o->value != nullptr && trimmed(g.value).empty()) return wrong(joined({name, " needs a value: ", name, " ", o->value}));
        if (!o->repeatable && o->value != nullptr && out.has(name)) return wrong(joined({name, " is given twice"}));
        out.options.push_back(std::move(g));
    }
    if (out.command == command::none && !out.help)
        return wrong("a command is missing: plan, replay, list or tune; rebalance --help explains them");
    return {};
}

std::string help_text(command c) {
    constexpr std::size_t indent = 26;
    std::string text;
    const auto add_options = [&] {
        for (const option& o : options) {
            if ((o.commands & static_cast<unsigned>(c)) == 0) continue;
            std::string head = joined({"  ", o.name, o.value != nullptr ? " " : "", o.value != nullptr ? o.value : ""});
            head.resize(std::max<std::size_t>(head.size() + 1, indent), ' ');
            text += head;
            for (const char* p = o.help; *p != '\0'; ++p) {
                text += *p;
                if (*p == '\n') text.append(indent, ' ');
            }
            text += o.repeatable ? " (repeatable)\n" : "\n";
        }
    };
    switch (c) {
        case command::none:
            return "rebalance keeps a portfolio on its target: it plans the trades of today, and replays policies over price histories.\n"
                   "\n"
                   "  rebalance plan --book BOOK.csv [options]                      the trade list as CSV, the explanation on stderr\n"
                   "  rebalance replay --prices PRICES.csv --targets LIST [options] what came of one policy or several, as CSV\n"
                   "  rebalance list [family or policy]...                          every policy with its parameters\n"
                   "  rebalance tune --weight W --drift R --volatility R [options]  the band and the interval that are best, as CSV\n"
                   "\n"
                   "rebalance plan --help, replay --help and tune --help explain the options. --option=value is --option value.\n"
                   "\n"
                   "Exit: 0 done, also where nothing is to be traded; 1 an output can not be written; 2 wrong usage; 3 bad data, told "
                   "with\n"
                   "file, row and column; 4 the limits can not all be kept. But for 0 nothing is printed on stdout.\n";
        case command::plan:
            text = "rebalance plan --book BOOK.csv [options]\n"
                   "prints the trade list: asset,side,quantity,price,limit,notional,cost,reason. Sales come first. On stderr: why.\n"
                   "Open orders in the way of it stand before them, as CANCEL BUY or CANCEL SELL.\n\n";
            add_options();
            return text + "\n  rebalance plan --book book.csv --trigger band:absolute=0.05,relative=0.25 --cost proportional:bps=10 "
                          "--reserve 0.01\n";
        case command::replay:
            text = "rebalance replay --prices PRICES.csv --targets LIST [options]\n"
                   "prints a line for each policy: policy,start,end,rows,final_wealth,rebalances,turnover_two_way,cost_paid,max_drawdown,\n"
                   "sd_log_return_per_row. The account is bought at its targets on the first row, at no cost; orders fill at once at the "
                   "prices\n"
                   "of the row that they are decided on.\n\n";
            add_options();
            return text +
                   "\n  rebalance replay --prices prices.csv --targets \"SPY=0.6,AGG=0.4\" --cost proportional:bps=10 --plot replay.svg "
                   "\\\n"
                   "      --policy \"monthly: trigger=calendar:monthly\" --policy \"5/25: trigger=band:absolute=0.05,relative=0.25\"\n";
        case command::list:
            text =
                "rebalance list [family or policy]...\n"
                "prints every policy with its parameters, their units and defaults; or those of a family (trigger, cost, ...), or one.\n\n";
            add_options();
            return text;
        case command::tune:
            text = "rebalance tune --weight W --drift R --volatility R [options]\n"
                   "prints what is to be expected of calendars and bands for one asset and cash, whose price follows geometric Brownian\n"
                   "motion, and those that score highest: policy,log_growth,rebalances,turnover,cost,tracking_error,score, all per year;\n"
                   "turnover is one-way. A policy can be given to plan and replay as --policy \"NAME: ...\". On stderr: what the score "
                   "is.\n\n";
            add_options();
            return text + "\n  rebalance tune --weight 0.6 --drift 0.08 --volatility 0.2 --cash-rate 0.03 --bps 10\n";
    }
    return text;
}

}  // namespace host
