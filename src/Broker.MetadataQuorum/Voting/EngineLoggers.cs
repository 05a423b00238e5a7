using Microsoft.Extensions.Logging;

namespace Broker.MetadataQuorum;

/// <summary>
/// What DotNext logs, less what it says at every heartbeat: a voter that can't be reached is told, once when it goes
/// and once when it comes back, by the connections with it. The factory stays its maker's.
/// </summary>
internal sealed class EngineLoggers(ILoggerFactory loggers) : ILoggerFactory
{
    /// <summary>"Cluster member … is unavailable", with a whole exception.</summary>
    public const int MemberUnavailable = 74010;

    public ILogger CreateLogger(string categoryName) => new EngineLogger(loggers.CreateLogger(categoryName));

    public void AddProvider(ILoggerProvider provider) => loggers.AddProvider(provider);

    public void Dispose()
    {
    }

    private sealed class EngineLogger(ILogger logger) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull =>
            logger.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => logger.IsEnabled(logLevel);

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            if (eventId.Id != MemberUnavailable)
                logger.Log(logLevel, eventId, state, exception, formatter);
        }
    }
}
