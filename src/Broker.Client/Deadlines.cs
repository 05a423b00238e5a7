namespace Broker.Client;

/// <summary>Points in time on a clock's own scale, which never goes back.</summary>
internal static class Deadlines
{
    public static long After(ClientOptions options, TimeSpan time) =>
        options.Clock.GetTimestamp() + Ticks(options, time);

    public static long Ticks(ClientOptions options, TimeSpan time) =>
        (long)(time.TotalSeconds * options.Clock.TimestampFrequency);

    public static bool HasPassed(ClientOptions options, long deadline) => options.Clock.GetTimestamp() >= deadline;
}
