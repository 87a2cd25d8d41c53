require "date"

YEARS = (1..9999).freeze

# Date switches to the Julian calendar for old dates unless told otherwise.
CALENDAR = Date::GREGORIAN

def add_months(year, month, day, months)
  valid = YEARS.cover?(year) && month.positive? && day.positive? &&
          Date.valid_civil?(year, month, day, CALENDAR)
  raise ArgumentError, "no such date: #{year}-#{month}-#{day}" unless valid

  target_year, month_index = (year * 12 + month - 1 + months).divmod(12)
  unless YEARS.cover?(target_year)
    raise ArgumentError, "result is outside the years #{YEARS.first} to #{YEARS.last}"
  end

  target_month = month_index + 1
  last_day = Date.new(target_year, target_month, -1, CALENDAR).day
  [target_year, target_month, [day, last_day].min]
end
