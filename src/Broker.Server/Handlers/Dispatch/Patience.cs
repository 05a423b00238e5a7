namespace Broker.Server.Handlers.Dispatch;

/// <summary>How long a client wants to wait, within reason.</summary>
internal static class Patience
{
    private const int LongestMilliseconds = 30 * 60 * 1000;

    /// <summary>
    /// A connection's other requests wait behind an administrative one, so there is an end to every wait.
    /// </summary>
    public static TimeSpan Of(int milliseconds) =>
        TimeSpan.FromMilliseconds(Math.Clamp(milliseconds, 0, LongestMilliseconds));
}
