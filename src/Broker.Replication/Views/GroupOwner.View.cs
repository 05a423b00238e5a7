using System.Collections.Immutable;
using Broker.Model;
using Broker.Raft;
using Broker.Storage;

namespace Broker.Replication;

// What people are shown of a group. Looking wakes nobody.
internal sealed partial class GroupOwner
{
    private const int ElectionsShown = 20;

    private Term _electionNoted = Term.Zero;

    /// <summary>Null once the group has ended here.</summary>
    public GroupView? View() => _stopped
        ? null
        : new GroupView
        {
            At = Loop.Elections.Now,
            Status = Replica.Status,
            FirstIndex = Log.Log.FirstIndex,
            LastIndex = Log.Log.LastIndex,
            FlushedIndex = _core.PersistedIndex,
            CommitIndex = _core.CommitIndex,
            LogStart = Log.Log.LogStartOffset,
            NextOffset = Log.Log.NextOffset,
            HighWatermark = Log.HighWatermark,
            IsAsleep = IsAsleep,
            LogStartHolder = Replica.LogStartHolder,
            Followers = Followers(),
            Elections = Loop.Elections.Of(Id, ElectionsShown),
        };

    /// <summary>A leader is known: once for each term.</summary>
    private void NoteElection()
    {
        if (_core.Leader == BrokerId.None || _core.CurrentTerm == _electionNoted)
            return;

        _electionNoted = _core.CurrentTerm;
        CampaignReason reason = _core.Role == RaftRole.Leader ? _core.LastCampaign : CampaignReason.None;
        Loop.Elections.Add(Id, _core.CurrentTerm, _core.Leader, reason);
    }

    private ImmutableArray<FollowerView> Followers()
    {
        ImmutableArray<FollowerView>.Builder all = ImmutableArray.CreateBuilder<FollowerView>();
        foreach (BrokerId member in _core.Configuration.Members)
        {
            if (member != _context.Self && _core.Progress(member) is { } progress)
                all.Add(Follower(progress));
        }

        return all.DrainToImmutable();
    }

    private FollowerView Follower(in ReplicaProgress progress)
    {
        // A sleeper's own time stands still; then it is the sign of life of the follower's broker that counts, and
        // the follower had all there is.
        TimeSpan? beat = IsAsleep ? Loop.Beats.SilenceOf(progress.Peer) * _context.Options.Tick : null;
        return new FollowerView(
            progress,
            EndOf(progress.Match),
            beat ?? Since(progress.HeardAt),
            beat ?? Since(progress.CaughtUpAt),
            _inSync.Brokers.Contains(progress.Peer),
            _room.IsKnownFull(progress.Peer));
    }

    private TimeSpan? Since(long tick) =>
        tick < 0 ? null : (_core.Now - tick) * _context.Options.Tick;

    private Offset? EndOf(LogIndex match)
    {
        if (match >= Log.Log.LastIndex)
            return Log.Log.NextOffset;
        if (match == LogIndex.Zero)
            return null;

        LogSlices slices = Loop.Slices;
        ReadOutcome outcome = Log.Log.TryReadFramesFromMemory(match + 1, match + 1, int.MaxValue, slices);
        Offset? end = outcome == ReadOutcome.Ok && slices.Entries > 0 ? slices.FirstOffset : null;
        slices.Clear();
        return end;
    }
}
