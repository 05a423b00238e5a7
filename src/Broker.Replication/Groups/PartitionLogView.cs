using Broker.Model;
using Broker.Raft;
using Broker.Storage;

namespace Broker.Replication;

/// <summary>A partition's log as its group's core sees it: indexes and terms.</summary>
internal sealed class PartitionLogView(PartitionLog log) : ILogView
{
    public LogIndex FirstIndex => log.FirstIndex;

    public LogIndex LastIndex => log.LastIndex;

    public Term LastTerm => log.LastTerm;

    public Term? TermOf(LogIndex index) => log.TermOf(index);

    public LogIndex LastIndexWithin(LogIndex from, LogIndex last, long maxBytes, out long bytes) =>
        log.LastIndexWithin(from, last, maxBytes, out bytes);

    public LogIndex LastIndexAtOrBelowTerm(Term term, LogIndex at) => log.LastIndexAtOrBelowTerm(term, at);
}
