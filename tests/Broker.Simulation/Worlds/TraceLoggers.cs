using Broker.Simulation.Time;
using Microsoft.Extensions.Logging;

namespace Broker.Simulation.Worlds;

/// <summary>What brokers log, as lines of the trace.</summary>
internal sealed class TraceLoggers(EventQueue queue, string who) : ILoggerFactory
{
    public ILogger CreateLogger(string categoryName) => new TraceLogger(queue, who);

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public void Dispose()
    {
    }

    private sealed class TraceLogger(EventQueue queue, string who) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => queue.Trace.IsOn && logLevel >= LogLevel.Debug;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
                queue.Trace.Note(queue.Now, who, $"{logLevel}: {formatter(state, exception)} {exception?.Message}");
        }
    }
}
