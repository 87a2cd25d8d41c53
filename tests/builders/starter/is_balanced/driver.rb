$stdout.sync = true

$stdin.set_encoding("UTF-8").each_line { |line| puts balanced?(line.chomp) }
