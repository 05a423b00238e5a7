using Broker.Model;

namespace Broker.Raft;

/// <summary>
/// Where "durable before" is decided: while term and vote as they are now are not yet on disk, every message waits
/// here. So a node that crashes can't have said anything in a term, or about a vote, that it will have forgotten.
/// </summary>
internal sealed class Outbox
{
    private readonly List<RaftMessage> _held = [];
    private readonly List<RaftMessage> _free = [];
    private HardState _durable;
    private bool _unsaved;

    public Outbox(HardState durable)
    {
        _durable = durable;
        Hard = durable;
    }

    /// <summary>Term and vote as they are; equal to what is on disk if and only if <see cref="IsDurable"/>.</summary>
    public HardState Hard { get; private set; }

    public bool IsDurable => Hard == _durable;

    public bool HasOutput => _unsaved || _free.Count > 0;

    public void Change(HardState hard)
    {
        bool revoted = Hard.VotedFor != BrokerId.None && hard.VotedFor != Hard.VotedFor;
        if (hard.Term < Hard.Term || (hard.Term == Hard.Term && revoted))
            throw new RaftInvariantException($"Term and vote {Hard} may not become {hard}.");

        // What still waits was said in a term that is over: nobody needs it, and it must not leave under the new one.
        if (hard.Term > Hard.Term)
            _held.Clear();

        Hard = hard;
        _unsaved = true;
    }

    public void Send(in RaftMessage message) => (IsDurable ? _free : _held).Add(message);

    /// <summary>For what promises nothing, whatever term and vote become.</summary>
    public void SendAtOnce(in RaftMessage message) => _free.Add(message);

    /// <summary>True when term and vote became durable by this.</summary>
    public bool Persisted(HardState hard)
    {
        bool was = IsDurable;
        _durable = hard;
        if (!IsDurable)
            return false;

        _free.AddRange(_held);
        _held.Clear();
        return !was;
    }

    public void MoveTo(Ready ready)
    {
        ready.Messages.AddRange(_free);
        _free.Clear();
        if (_unsaved)
            ready.HardState = Hard;
        _unsaved = false;
    }
}
