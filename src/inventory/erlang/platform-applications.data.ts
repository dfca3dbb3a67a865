/** Applications that are part of Erlang/OTP (https://www.erlang.org/doc/applications) or of Elixir itself. */
export const platformApplications: ReadonlySet<string> = new Set([
  ...['asn1', 'common_test', 'compiler', 'cosEvent', 'cosEventDomain', 'cosFileTransfer', 'cosNotification'],
  ...['cosProperty', 'cosTime', 'cosTransactions', 'crypto', 'debugger', 'dialyzer', 'diameter', 'edoc', 'eldap'],
  ...['erl_docgen', 'erl_interface', 'erts', 'et', 'eunit', 'ftp', 'hipe', 'ic', 'inets', 'jinterface', 'kernel'],
  ...['megaco', 'mnesia', 'observer', 'odbc', 'orber', 'os_mon', 'ose', 'otp_mibs', 'parsetools', 'percept'],
  ...['public_key', 'reltool', 'runtime_tools', 'sasl', 'snmp', 'ssh', 'ssl', 'stdlib', 'syntax_tools', 'test_server'],
  ...['tftp', 'tools', 'typer', 'webtool', 'wx', 'xmerl'],
  ...['eex', 'elixir', 'ex_unit', 'iex', 'logger', 'mix'],
])
