BINARY_UNITS = %w[KiB MiB GiB TiB PiB EiB].freeze

def format_bytes(count)
  unless count.is_a?(Integer) && count >= 0
    raise ArgumentError, "byte count must be a non-negative integer, got #{count.inspect}"
  end
  return "#{count} B" if count < 1024

  value = Rational(count, 1024)
  index = 0
  while value.round(1, half: :up) >= 1024 && index < BINARY_UNITS.size - 1
    value /= 1024
    index += 1
  end
  format("%.1f %s", value.round(1, half: :up), BINARY_UNITS[index])
end
