using Broker.Model;

namespace Broker.Raft;

/// <summary>
/// What the receiver of an append must do to its log, at once and before the next input: truncate first, then append
/// <see cref="AppendFrom"/>..<see cref="AppendTo"/> out of the message that was just received.
/// </summary>
public readonly record struct LogChange(LogIndex? TruncateFrom, LogIndex AppendFrom, LogIndex AppendTo)
{
    public static readonly LogChange None = new(null, new LogIndex(1), LogIndex.Zero);

    public bool Appends => AppendFrom <= AppendTo;
}
