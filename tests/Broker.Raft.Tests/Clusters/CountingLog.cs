using Broker.Model;

namespace Broker.Raft.Tests.Clusters;

/// <summary>A log of one term that is nothing but a number.</summary>
public sealed class CountingLog(Term term) : ILogView
{
    public LogIndex FirstIndex => new(1);

    public LogIndex LastIndex { get; set; }

    public Term LastTerm => LastIndex == LogIndex.Zero ? Term.Zero : term;

    public Term? TermOf(LogIndex index) => index > LastIndex ? null : index == LogIndex.Zero ? Term.Zero : term;

    public LogIndex LastIndexWithin(LogIndex from, LogIndex last, long maxBytes, out long bytes)
    {
        bytes = last - from + 1;
        return last;
    }

    public LogIndex LastIndexAtOrBelowTerm(Term wanted, LogIndex at) => wanted >= term ? at : LogIndex.Zero;
}
