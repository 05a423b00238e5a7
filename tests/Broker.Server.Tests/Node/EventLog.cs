using Microsoft.Extensions.Logging;

namespace Broker.Server.Tests.Node;

/// <summary>Remembers what brokers logged, for tests that ask whether something was said.</summary>
internal sealed class EventLog : ILoggerFactory, ILogger
{
    private readonly Lock _gate = new();
    private readonly List<(int Id, string Text)> _events = [];

    public bool Contains(int id) => Count(id) > 0;

    public int Count(int id)
    {
        lock (_gate)
            return _events.Count(one => one.Id == id);
    }

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
            return;
        lock (_gate)
            _events.Add((eventId.Id, formatter(state, exception)));
    }

    public void Dispose()
    {
    }
}
