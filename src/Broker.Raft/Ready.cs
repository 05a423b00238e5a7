using Broker.Model;

namespace Broker.Raft;

/// <summary>
/// What the owner has to do after one or more inputs. The object is used again and again; what it lists is valid until
/// the next <see cref="RaftCore.TakeReady"/>. Any order of carrying it out is safe, because the core itself keeps back
/// every message until what it promises was reported durable.
/// </summary>
public sealed class Ready
{
    /// <summary>
    /// To be made durable; then <see cref="RaftCore.HardStatePersisted"/>. A later one replaces an earlier one.
    /// </summary>
    public HardState? HardState { get; internal set; }

    /// <summary>They may leave at once.</summary>
    public List<RaftMessage> Messages { get; } = [];

    /// <summary>
    /// Leadership began: append an entry without meaning here, then call <see cref="RaftCore.Appended"/> with it.
    /// </summary>
    public LogIndex? NoOp { get; internal set; }

    /// <summary>
    /// The membership changes: append an entry with this configuration at once, before any proposal or input, then
    /// call <see cref="RaftCore.Appended"/> with it.
    /// </summary>
    public ConfigurationEntry? Configuration { get; internal set; }

    /// <summary>The new commit index, when it moved.</summary>
    public LogIndex? Commit { get; internal set; }

    /// <summary>
    /// An entry of the term in which this replica leads was committed for the first time: reads may be served.
    /// </summary>
    public bool LeaderReady { get; internal set; }

    /// <summary>Role, term or leader are not what they were.</summary>
    public bool RoleChanged { get; internal set; }

    /// <summary>A replica that abstained has everything again and counts from now on; remember that.</summary>
    public bool Readmitted { get; internal set; }

    /// <summary>
    /// The leader has no longer what this replica lacks: its log has to begin anew, behind this entry or a later one
    /// that the leader says, with the state up to there. Said again until it did.
    /// </summary>
    public LogIndex? BeginAnew { get; internal set; }

    public List<ReadState> Reads { get; } = [];

    internal void Clear()
    {
        HardState = null;
        Messages.Clear();
        NoOp = null;
        Configuration = null;
        Commit = null;
        LeaderReady = false;
        RoleChanged = false;
        Readmitted = false;
        BeginAnew = null;
        Reads.Clear();
    }
}
