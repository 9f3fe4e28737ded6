# What PROGRAM prints, byte for byte: on stdout what expected/rebalance/<name>.txt holds, on stderr what <name>_stderr.txt does, or nothing
# where there is no such file. It is run from ROOT, so that README.md can show the same lines. With BALLAST_WRITE_EXPECTED in the
# environment the files are written instead.
cmake_minimum_required(VERSION 3.25)

set(expected "${ROOT}/examples/expected/rebalance")
set(checked "")
file(READ "${ROOT}/README.md" readme)
file(MAKE_DIRECTORY "${WORK_DIR}")

# compare(<name> <what was printed>)
function(compare name printed)
  set(file "${expected}/${name}.txt")
  set(text "")
  if(EXISTS "${file}")
    file(READ "${file}" text)
  elseif(NOT name MATCHES "_stderr$")
    message(SEND_ERROR "${file} is missing")
  endif()
  if(DEFINED ENV{BALLAST_WRITE_EXPECTED} AND NOT printed STREQUAL "")
    file(WRITE "${file}" "${printed}")
  elseif(NOT printed STREQUAL text)
    message(SEND_ERROR "rebalance does not print ${file}\n---- printed ----\n${printed}---- expected ----\n${text}----")
  endif()
  set(checked "${checked};${name}.txt" PARENT_SCOPE)
endfunction()

# shows(<name> <arguments as a shell takes them>)
function(shows name line)
  separate_arguments(arguments UNIX_COMMAND "${line}")
  execute_process(COMMAND "${PROGRAM}" ${arguments} WORKING_DIRECTORY "${ROOT}" RESULT_VARIABLE result OUTPUT_VARIABLE output
                  ERROR_VARIABLE errors)
  if(NOT result EQUAL 0)
    message(SEND_ERROR "rebalance ${line}\n  ended with ${result}:\n${errors}")
  endif()
  compare("${name}" "${output}")
  compare("${name}_stderr" "${errors}")
  set(checked "${checked}" PARENT_SCOPE)
endfunction()

# readme_shows(<name> <arguments as a shell takes them>): README.md has the line as well, which backslashes may break there.
function(readme_shows name line)
  string(REGEX REPLACE "[ \n]*\\\\\n *" " " lines "${readme}")
  string(FIND "${lines}" "\nbuild/demo/examples/rebalance ${line}\n" at)
  if(at EQUAL -1)
    message(SEND_ERROR "README.md does not show this line:\nbuild/demo/examples/rebalance ${line}")
  endif()
  shows("${name}" "${line}")
  set(checked "${checked}" PARENT_SCOPE)
endfunction()

# written(<name> <path>): what a file that was asked for holds.
function(written name path)
  file(READ "${path}" text)
  compare("${name}" "${text}")
  set(checked "${checked}" PARENT_SCOPE)
endfunction()

# The book that README.md shows is the one that it plans.
file(READ "${ROOT}/examples/rebalance/book.csv" text)
string(FIND "${readme}" "\n```csv\n${text}```\n" at)
if(at EQUAL -1)
  message(SEND_ERROR "README.md does not hold examples/rebalance/book.csv as a fenced block, to the letter")
endif()

set(book "--book examples/rebalance/book.csv")
set(account "--book examples/rebalance/account.csv")
set(rules "--book examples/rebalance/rules.csv")
set(prices "--prices examples/data/us_monthly_2000_2010.csv")
set(five_25 "trigger=band:absolute=0.05,relative=0.25")

readme_shows(plan "plan ${book} --trigger band:absolute=0.05,relative=0.25 --cost proportional:bps=10 --now 2007-04-30")
shows(plan_hold "plan ${book} --trigger band:absolute=0.15 --now 2007-04-30 --explain")
shows(plan_account "plan ${account} --cost proportional:bps=10 --guard stale_price:max_age=15m --reserve 0.02 \
--now 2007-04-30T13:29:00Z --explain")
shows(plan_edge "plan ${account} --cost proportional:bps=10 --solver to_band:edge --now 2007-04-30T13:29:00Z")
readme_shows(plan_flow "plan ${book} --flow -2000 --cost proportional:bps=10 --now 2007-04-30")
shows(plan_settled "plan ${book} --flow 3000 --proceeds when_settled --unsettled 100 --cost proportional:bps=10 --now 2007-04-30")
shows(plan_rules "plan ${rules} --flow 1500 --reserve-amount 100 --collar 0.002 --cost proportional:bps=10 --now 2007-04-30 --explain")
readme_shows(plan_venues "plan --book examples/rebalance/coins.csv --venues examples/rebalance/venues.csv --now 2024-09-02")
shows(plan_venues_impact "plan --book examples/rebalance/coins.csv --venues examples/rebalance/venues.csv --impact 0.002 --slippage 0.001 \
--now 2024-09-02 --explain")
set(stocks "--book examples/rebalance/stocks.csv --factors examples/rebalance/factors.csv \
--factor-covariance examples/rebalance/factor_covariance.csv --specific examples/rebalance/specific.csv --cost proportional:bps=10")
readme_shows(plan_tracking "plan ${stocks} --solver tracking:risk_aversion=0.5 --groups examples/rebalance/groups.csv --certificate \
--now 2024-05-01")
shows(plan_tracking_turnover "plan ${stocks} --solver tracking:risk_aversion=3 --turnover 0.05 --leverage 1 --certificate --now 2024-05-01")
shows(plan_region "plan ${stocks} --solver no_trade_region:risk_aversion=0.5 --certificate --now 2024-05-01")
set(matrix "--book examples/rebalance/stocks.csv --covariance examples/rebalance/covariance.csv --cost proportional:bps=10")
readme_shows(plan_covariance "plan ${matrix} --solver tracking:risk_aversion=0.5 --groups examples/rebalance/groups.csv --now 2024-05-01")
shows(plan_covariance_region "plan ${matrix} --solver no_trade_region:risk_aversion=0.5 --certificate --now 2024-05-01")
shows(plan_integers "plan ${book} --integers exact --cost proportional:bps=10 --now 2007-04-30")
readme_shows(replay "replay ${prices} --targets MSFT=0.25,AMZN=0.25,IBM=0.25,AAPL=0.25 --cost proportional:bps=10 \
--policy \"monthly: trigger=calendar:monthly\" --policy \"5/25 bands: ${five_25}\" \
--policy \"to the edge: ${five_25}; solver=to_band:edge\"")
shows(replay_files "replay ${prices} --targets MSFT=0.4,IBM=0.3,CASH=0.3 --wealth 10000 --step 1 --min-notional 250 \
--cost 'minimum:1(proportional:10bps)' --trigger calendar:yearly --trigger band:absolute=0.1 \
--trades '${WORK_DIR}/trades.csv' --equity '${WORK_DIR}/equity.csv'")
written(replay_trades "${WORK_DIR}/trades.csv")
written(replay_equity "${WORK_DIR}/equity.csv")
shows(help "--help")
shows(help_plan "plan --help")
shows(help_replay "replay --help")
shows(help_tune "tune --help")
shows(tune "tune --weight 0.6 --drift 0.08 --volatility 0.2 --cash-rate 0.03 --bps 10")
shows(tune_fixed "tune --weight 0.5 --drift 0.0125 --volatility 0.16 --bps 20 --fixed 0.0001 --growth")
readme_shows(list_to_band "list to_band")

file(GLOB files RELATIVE "${expected}" "${expected}/*")
foreach(file IN LISTS files)
  if(NOT file IN_LIST checked)
    message(SEND_ERROR "${expected}/${file} belongs to no line of this script")
  endif()
endforeach()
