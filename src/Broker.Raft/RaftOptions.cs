namespace Broker.Raft;

/// <summary>
/// How one group behaves in time and in the amount that is under way. Times are in ticks of the owner's clock.
/// </summary>
public sealed record RaftOptions
{
    public static readonly RaftOptions Default = new();

    /// <summary>A leader is heard at least this often.</summary>
    public int HeartbeatTicks { get; init; } = 2;

    /// <summary>The shortest election timeout; each is drawn from this up to twice this.</summary>
    public int ElectionTicks { get; init; } = 12;

    /// <summary>
    /// Once its leader's process is known to be gone, a follower campaigns after 0 to this many ticks.
    /// </summary>
    public int PeerGoneTicks { get; init; } = 1;

    /// <summary>
    /// A follower that stopped receiving what was sent to it is sent it again after this many ticks.
    /// </summary>
    public int ResendTicks { get; init; } = 10;

    /// <summary>A leader that has been idle for so long lets its group sleep; 0: never.</summary>
    public int SleepTicks { get; init; } = 40;

    /// <summary>What one append may carry. A larger entry travels alone.</summary>
    public long MaxMessageBytes { get; init; } = 1 << 20;

    /// <summary>What may be under way to one follower before it has answered.</summary>
    public long MaxInflightBytes { get; init; } = 16 << 20;

    /// <summary>The same in messages.</summary>
    public int MaxInflightMessages { get; init; } = 128;

    /// <summary>Names the first value that cannot work; null when all can.</summary>
    public string? Validate() => this switch
    {
        { HeartbeatTicks: < 1 } => $"{nameof(HeartbeatTicks)} is {HeartbeatTicks}; at least 1 is needed",
        _ when ElectionTicks <= HeartbeatTicks =>
            $"{nameof(ElectionTicks)} is {ElectionTicks}; it must exceed {nameof(HeartbeatTicks)} ({HeartbeatTicks})",
        { PeerGoneTicks: < 0 } => $"{nameof(PeerGoneTicks)} is {PeerGoneTicks}; it can't be negative",
        { ResendTicks: < 1 } => $"{nameof(ResendTicks)} is {ResendTicks}; at least 1 is needed",
        { SleepTicks: < 0 } => $"{nameof(SleepTicks)} is {SleepTicks}; it can't be negative",
        { MaxMessageBytes: < 1 } => $"{nameof(MaxMessageBytes)} is {MaxMessageBytes}; at least 1 is needed",
        { MaxInflightBytes: < 1 } => $"{nameof(MaxInflightBytes)} is {MaxInflightBytes}; at least 1 is needed",
        { MaxInflightMessages: < 1 } =>
            $"{nameof(MaxInflightMessages)} is {MaxInflightMessages}; at least 1 is needed",
        _ => null,
    };
}
