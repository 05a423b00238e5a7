using Broker.Model;

namespace Broker.Raft;

/// <summary>
/// Linearizable reads (6.4): a round of heartbeats that a quorum answers shows that this node still led after the
/// round began. One round serves all who asked before it began; who asks meanwhile waits for the next.
/// </summary>
internal sealed class ReadRounds(RaftCore core)
{
    private List<ulong> _waiting = [];
    private List<ulong> _served = [];
    private LogIndex _index;

    /// <summary>The latest round that began; 0 before the first. Every heartbeat carries it.</summary>
    public ulong Current { get; private set; }

    public bool InProgress => _served.Count > 0;

    public bool HasWaiting => _waiting.Count > 0;

    public bool AreUnderWay => InProgress || HasWaiting;

    public void Ask(ulong context) => _waiting.Add(context);

    /// <summary>The commit index is taken when the round begins, so after every request that it serves.</summary>
    public void Begin()
    {
        (_waiting, _served) = (_served, _waiting);
        _index = core.CommitIndex;
        Current++;
    }

    /// <summary>A round that serves no read.</summary>
    public ulong Skip() => ++Current;

    public void Confirm() => AnswerAll(_served, _index);

    /// <summary>Leadership is over: nobody's read may rest on it.</summary>
    public void Fail()
    {
        AnswerAll(_served, null);
        AnswerAll(_waiting, null);
    }

    private void AnswerAll(List<ulong> contexts, LogIndex? index)
    {
        foreach (ulong context in contexts)
            core.Answer(new ReadState(context, index));

        contexts.Clear();
    }
}
