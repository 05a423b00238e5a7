using System.Collections.Immutable;
using System.Text.Json;
using Broker.Model;
using Broker.Protocol.Messages;
using Broker.Raft;
using Broker.Replication;

namespace Broker.Server.Handlers.Dispatch;

/// <summary>A partition's group in the fields of DescribeQuorum: Kafka's own, and ours for the rest.</summary>
internal sealed class QuorumShown(GroupView view, BrokerId self)
{
    private readonly long _now = view.At.ToUnixTimeMilliseconds();

    /// <summary>What anybody tells of its own replica.</summary>
    public void FillOwn(DescribeQuorumResponse.RaftState raft)
    {
        ReplicaStatus status = view.Status;
        raft.Role = NameOf(status.Role);
        raft.FirstIndex = view.FirstIndex.Value;
        raft.LastIndex = view.LastIndex.Value;
        raft.FlushedIndex = view.FlushedIndex.Value;
        raft.CommitIndex = view.CommitIndex.Value;
        raft.LogStartOffset = view.LogStart.Value;
        raft.LogEndOffset = view.NextOffset.Value;
        raft.HeldBackBy = view.LogStartHolder;
        (raft.Abstains, raft.Damaged, raft.BeginsAnew) = (status.Abstains, status.IsDamaged, status.BeginsAnew);
        (raft.StorageFull, raft.Asleep) = (status.IsStorageFull, view.IsAsleep);
        raft.ConfigurationCommitted = status.IsConfigurationCommitted;
        if (status.Configuration is { } configuration)
        {
            raft.Voters.AddRange(configuration.Voters.Voters);
            raft.Outgoing.AddRange(configuration.Outgoing?.Voters ?? []);
            raft.Learners.AddRange(configuration.Learners);
        }

        foreach (ElectionRecord election in view.Elections)
        {
            DescribeQuorumResponse.Election shown = raft.Elections.Add();
            (shown.Term, shown.LeaderId) = (election.Term.Value, election.Leader);
            (shown.AtMs, shown.Reason) = (election.At.ToUnixTimeMilliseconds(), NameOf(election.Reason));
        }
    }

    /// <summary>What a leader tells of all.</summary>
    public void FillMembers(
        DescribeQuorumResponse.PartitionData partition, DescribeQuorumResponse.RaftState raft)
    {
        partition.HighWatermark = view.HighWatermark.Value;
        ImmutableArray<BrokerId> voters = view.Status.Configuration?.AllVoters ?? [];
        if (voters.Contains(self))
        {
            DescribeQuorumResponse.VoterState own = partition.CurrentVoters.Add();
            (own.ReplicaId, own.LogEndOffset) = (self, view.NextOffset.Value);
            own.LastFetchTimestamp = own.LastCaughtUpTimestamp = _now;
        }

        foreach (FollowerView follower in view.Followers)
        {
            if (voters.Contains(follower.Progress.Peer))
                Fill(partition.CurrentVoters.Add(), follower);
            else
                Fill(partition.Observers.Add(), follower);
            Fill(raft.Followers.Add(), follower);
        }
    }

    private void Fill(DescribeQuorumResponse.VoterState state, FollowerView follower)
    {
        (state.ReplicaId, state.LogEndOffset) = (follower.Progress.Peer, follower.End?.Value ?? -1);
        state.LastFetchTimestamp = Ago(follower.Heard);
        state.LastCaughtUpTimestamp = Ago(follower.CaughtUp);
    }

    private void Fill(DescribeQuorumResponse.ObserverState state, FollowerView follower)
    {
        (state.ReplicaId, state.LogEndOffset) = (follower.Progress.Peer, follower.End?.Value ?? -1);
        state.LastFetchTimestamp = Ago(follower.Heard);
        state.LastCaughtUpTimestamp = Ago(follower.CaughtUp);
    }

    private static void Fill(DescribeQuorumResponse.FollowerState state, FollowerView follower)
    {
        state.FollowerId = follower.Progress.Peer;
        state.State = NameOf(follower.Progress.State);
        (state.MatchIndex, state.NextIndex) = (follower.Progress.Match.Value, follower.Progress.Next.Value);
        state.HeardMs = follower.Heard is { } heard ? (long)heard.TotalMilliseconds : -1;
        (state.InSync, state.Abstains) = (follower.IsInSync, follower.Progress.Abstains);
        state.StorageFull = follower.IsFull;
    }

    private long Ago(TimeSpan? span) => span is { } past ? _now - (long)past.TotalMilliseconds : -1;

    private static string NameOf<T>(T value)
        where T : struct, Enum =>
        value is CampaignReason.None ? "" : JsonNamingPolicy.CamelCase.ConvertName(value.ToString());
}
