using System.Collections.Immutable;
using Broker.Model;
using Broker.Raft;

namespace Broker.Replication;

/// <summary>What one replica knows of its group at a moment, for whoever looks after the cluster.</summary>
/// <param name="FirstIndex">The first entry of the log that is there.</param>
/// <param name="FlushedIndex">Up to here the own disk has it.</param>
/// <param name="Configuration">In force here, by the entry at <paramref name="ConfigurationIndex"/>.</param>
/// <param name="Followers">How far each of the others is, as a leader sees them; elsewhere none.</param>
public sealed record GroupReport(
    LogIndex FirstIndex,
    LogIndex LastIndex,
    LogIndex FlushedIndex,
    LogIndex CommitIndex,
    Configuration Configuration,
    LogIndex ConfigurationIndex,
    ImmutableArray<FollowerReport> Followers)
{
    internal static GroupReport Of(RaftCore core, GroupLog log) => new(
        log.Log.FirstIndex,
        log.Log.LastIndex,
        core.PersistedIndex,
        core.CommitIndex,
        core.Configuration,
        core.ConfigurationIndex,
        [.. from member in core.Configuration.Members
            let progress = core.Progress(member)
            where progress is not null
            select new FollowerReport(
                member, progress.Value.State, progress.Value.Match, core.Now - progress.Value.HeardAt)]);
}
