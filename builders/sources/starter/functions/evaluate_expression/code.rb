class ExpressionEvaluator
  PRECEDENCE = { '+' => 1, '-' => 1, '*' => 2, '/' => 2 }.freeze
  INT32 = (-2**31...2**31).freeze
  MAX_NESTING = 100

  def self.evaluate(text)
    new(text).evaluate
  end

  def initialize(text)
    @tokens = text.scan(/[0-9]+|[^ \t]/)
  end

  def evaluate
    value = expression(0, 0)
    raise ArgumentError, "unexpected #{@tokens.first}" unless @tokens.empty?

    value
  end

  private

  def expression(floor, nesting)
    value = operand(nesting)
    while PRECEDENCE.fetch(@tokens.first, 0) > floor
      operator = @tokens.shift
      right = expression(PRECEDENCE[operator], nesting)
      value = checked(operator == '/' ? value.quo(right).truncate : value.public_send(operator, right))
    end
    value
  end

  def operand(nesting)
    minuses = @tokens.take_while { |token| token == '-' }.size
    token = @tokens.shift(minuses + 1)[minuses]
    if token == '(' && nesting < MAX_NESTING
      value = expression(0, nesting + 1)
      raise ArgumentError, 'missing closing parenthesis' unless @tokens.shift == ')'
    elsif token&.match?(/\A[0-9]/)
      value = checked(token.to_i)
    else
      raise ArgumentError, "operand expected, found #{token || 'end of text'}"
    end
    minuses.odd? ? checked(-value) : value
  end

  def checked(value)
    raise RangeError, 'value does not fit in 32 bits' unless INT32.cover?(value)

    value
  end
end
