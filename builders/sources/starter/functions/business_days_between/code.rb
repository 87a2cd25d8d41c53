require "date"

def parse_day(text)
  match = /\A(?!0000)(\d{4})-(\d{2})-(\d{2})\z/.match(text)
  raise ArgumentError, "not a date of the form YYYY-MM-DD: #{text.inspect}" unless match

  # By default Date switches to the Julian calendar before October 1582.
  Date.new(*match.captures.map(&:to_i), Date::GREGORIAN)
end

def business_days_between(start, stop)
  first = parse_day(start)
  last = parse_day(stop)
  raise ArgumentError, "start #{start} is after end #{stop}" if first > last

  weeks, rest = (last - first).to_i.divmod(7)
  weekday = first.cwday - 1
  weeks * 5 + rest.times.count { |i| (weekday + i) % 7 < 5 }
end
