/** Applications that are part of Erlang/OTP: https://www.erlang.org/doc/applications */
const otp = `
  asn1 common_test compiler cosEvent cosEventDomain cosFileTransfer cosNotification cosProperty cosTime
  cosTransactions crypto debugger dialyzer diameter edoc eldap erl_docgen erl_interface erts et eunit ftp hipe
  ic inets jinterface kernel megaco mnesia observer odbc orber os_mon ose otp_mibs parsetools percept public_key
  reltool runtime_tools sasl snmp ssh ssl stdlib syntax_tools test_server tftp tools typer webtool wx xmerl
`

/** Those of Elixir itself. */
const elixir = 'eex elixir ex_unit iex logger mix'

export const platformApplications: ReadonlySet<string> = new Set(`${otp} ${elixir}`.trim().split(/\s+/))
