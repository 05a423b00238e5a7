using Broker.Protocol;
using Broker.Server.Groups.Classic;

namespace Broker.Server.Tests.Groups.Classic;

/// <summary>
/// A consumer as the group sees it. It believes what it is told and does what follows from that; the world makes it
/// silent, impatient or forgetful.
/// </summary>
internal sealed class GroupClient(string name, string? instance)
{
    private Answer<JoinAnswer>? _join;
    private Answer<SyncAnswer>? _sync;
    private JoinAnswer? _generation;

    public string Name { get; } = name;

    public string? Instance { get; } = instance;

    /// <summary>Empty: not known to the group.</summary>
    public string Id { get; private set; } = "";

    public bool IsWaiting => _join is { IsThere: false } || _sync is { IsThere: false };

    /// <summary>Has its part of this generation.</summary>
    public bool HasAssignment { get; private set; }

    public int Generation => _generation?.Generation ?? -1;

    public TimeSpan BeatAt { get; private set; }

    private MemberClaim Claim => new(Id, Instance, Generation);

    /// <summary>What a consumer in good health does next.</summary>
    public void Act(GroupWorld world)
    {
        Hear(world);
        if (IsWaiting)
            return;

        if (_generation is null)
            Join(world);
        else if (!HasAssignment)
            Sync(world);
        else if (world.Now >= BeatAt + TimeSpan.FromSeconds(3))
            Beat(world);
    }

    public void Beat(GroupWorld world)
    {
        BeatAt = world.Now;
        Believe(world.Group.Heartbeat(Claim, world.Now));
    }

    public void Commit(GroupWorld world) => Believe(world.Group.CheckCommit(Claim, false, world.Now));

    public void Leave(GroupWorld world)
    {
        world.Group.Leave([new LeavingMember(Id, Instance)], world.Now);
        Forget();
    }

    /// <summary>Asks although an answer is on its way, as after a lost connection.</summary>
    public void AskAgain(GroupWorld world)
    {
        Hear(world);
        if (_generation is not null)
            Sync(world);
        else
            Join(world);
    }

    /// <summary>Another process begins where this one was.</summary>
    public void Forget()
    {
        Id = "";
        LoseGeneration();
    }

    public void Hear(GroupWorld world)
    {
        if (_join is { IsThere: true, Value: var joined })
        {
            _join = null;
            Id = joined.MemberId.Length > 0 ? joined.MemberId : Id;
            _generation = joined.Error == ErrorCode.None ? joined : null;
            if (joined.Error != ErrorCode.MemberIdRequired)
                Believe(joined.Error);
            BeatAt = world.Now;
        }

        if (_sync is { IsThere: true, Value: var synced })
        {
            _sync = null;
            HasAssignment = synced.Error == ErrorCode.None;
            if (HasAssignment)
                world.Owns(Generation, Instance ?? Id, synced.Assignment);
            Believe(synced.Error);
        }
    }

    private void Join(GroupWorld world)
    {
        LoseGeneration();
        JoinAsk ask = GroupUnderTest.Ask(Id, Instance, world.SomeProtocols()) with
        {
            RequiresKnownMember = world.OneIn(2),
            CanSkipAssignment = world.OneIn(2),
        };
        _join = new Answer<JoinAnswer>();
        world.Join(ask, _join);
        Hear(world);
    }

    private void Sync(GroupWorld world)
    {
        _sync = new Answer<SyncAnswer>();
        IReadOnlyList<MemberAssignment> shares = _generation!.LeaderId == Id && !_generation.SkipAssignment
            ? world.ShareOut(_generation.Members)
            : [];
        var ask = new SyncAsk { Claim = Claim, ProtocolName = _generation.ProtocolName, Assignments = shares };
        world.Sync(ask, _sync);
        Hear(world);
    }

    private void Believe(ErrorCode error)
    {
        switch (error)
        {
            case ErrorCode.None:
                break;
            case ErrorCode.UnknownMemberId or ErrorCode.FencedInstanceId or ErrorCode.IllegalGeneration:
                Forget();
                break;
            default:
                LoseGeneration();
                break;
        }
    }

    private void LoseGeneration()
    {
        _generation = null;
        _join = null;
        _sync = null;
        HasAssignment = false;
    }
}
