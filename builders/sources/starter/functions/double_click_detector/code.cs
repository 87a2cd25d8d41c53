using System;

public sealed class DoubleClickEventArgs : EventArgs
{
    public DoubleClickEventArgs(long timeMs, int button)
    {
        TimeMs = timeMs;
        Button = button;
    }

    public long TimeMs { get; }
    public int Button { get; }
}

public sealed class DoubleClickDetector
{
    private readonly long _thresholdMs;
    private bool _pending;
    private long _firstMs;
    private int _firstButton;

    public event EventHandler<DoubleClickEventArgs> DoubleClicked;

    public DoubleClickDetector(long thresholdMs)
    {
        if (thresholdMs < 1)
            throw new ArgumentOutOfRangeException(nameof(thresholdMs));
        _thresholdMs = thresholdMs;
    }

    public void Click(long timeMs, int button)
    {
        if (timeMs < 0)
            throw new ArgumentOutOfRangeException(nameof(timeMs));
        bool completes = _pending && button == _firstButton
            && timeMs >= _firstMs && timeMs - _firstMs <= _thresholdMs;
        // Settled before the handlers run, which may throw or send more clicks.
        _pending = !completes;
        _firstMs = timeMs;
        _firstButton = button;
        if (completes)
            DoubleClicked?.Invoke(this, new DoubleClickEventArgs(timeMs, button));
    }
}
