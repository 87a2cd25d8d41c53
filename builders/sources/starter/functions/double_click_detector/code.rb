class DoubleClickDetector
  Click = Struct.new(:time_ms, :button)

  def initialize(threshold_ms, &on_double_click)
    raise ArgumentError, 'threshold must be at least 1 ms' if threshold_ms < 1
    raise ArgumentError, 'a block is required' unless on_double_click

    @threshold_ms = threshold_ms
    @on_double_click = on_double_click
    @pending = nil
  end

  def click(time_ms, button)
    raise ArgumentError, 'time must not be negative' if time_ms.negative?

    click = Click.new(time_ms, button)
    completes = completes?(click)
    # Settled before the block runs, which may raise or send more clicks.
    @pending = completes ? nil : click
    @on_double_click.call(time_ms, button) if completes
  end

  private

  def completes?(click)
    return false if @pending.nil? || @pending.button != click.button

    (click.time_ms - @pending.time_ms).between?(0, @threshold_ms)
  end
end
