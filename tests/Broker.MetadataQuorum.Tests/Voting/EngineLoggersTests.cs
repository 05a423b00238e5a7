using Microsoft.Extensions.Logging;
using Xunit;

namespace Broker.MetadataQuorum.Tests;

public sealed class EngineLoggersTests
{
    [Fact]
    public void What_is_said_at_every_heartbeat_is_dropped_and_all_else_is_kept()
    {
        using var kept = new Kept();
        ILogger logger = new EngineLoggers(kept).CreateLogger("engine");
        logger.LogWarning(EngineLoggers.MemberUnavailable, "member 2 is unavailable");
        logger.LogWarning(EngineLoggers.MemberUnavailable + 1, "something else");
        logger.LogError("an error without a number");
        Assert.Equal(new List<string> { "engine: something else", "engine: an error without a number" }, kept.Lines);
    }

    private sealed class Kept : ILoggerFactory, ILogger
    {
        private string _category = "";

        public List<string> Lines { get; } = [];

        public ILogger CreateLogger(string categoryName)
        {
            _category = categoryName;
            return this;
        }

        public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull =>
            null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter) => Lines.Add($"{_category}: {formatter(state, exception)}");

        public void Dispose()
        {
        }
    }
}
