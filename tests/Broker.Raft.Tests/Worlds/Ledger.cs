using Broker.Model;
using Broker.Raft.Tests.Clusters;

namespace Broker.Raft.Tests.Worlds;

/// <summary>What any node has ever known to be committed: the one history that all must agree on.</summary>
public sealed class Ledger
{
    private readonly List<Commitment> _committed = [];

    /// <summary>The longest committed prefix that anybody knows.</summary>
    public LogIndex End => new(_committed.Count);

    /// <summary>The latest configuration that is committed; null while it is that of the start.</summary>
    public Configuration? Configuration { get; private set; }

    public Commitment this[LogIndex index] => _committed[(int)index.Value - 1];

    /// <summary>Notes what a node takes for committed; its entries beyond what was known become the history.</summary>
    public void Note(Node node)
    {
        for (LogIndex index = End + 1; index <= node.Core.CommitIndex && index <= node.Log.LastIndex; index += 1)
        {
            _committed.Add(new Commitment(node.Log[index], node.Log.FingerprintAt(index), node.Core.CurrentTerm));
            Configuration = node.Log[index].Configuration ?? Configuration;
        }
    }

    /// <summary>Nobody has it any more.</summary>
    public void LoseFrom(LogIndex index) => _committed.RemoveRange((int)index.Value - 1, (int)(End - index) + 1);

    /// <param name="In">The term of the node that knew first; the entry was committed in that term or before.</param>
    public readonly record struct Commitment(TestEntry Entry, long Fingerprint, Term In);
}
