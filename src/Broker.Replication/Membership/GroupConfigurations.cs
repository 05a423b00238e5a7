using Broker.Model;
using Broker.Raft;
using Broker.Storage;

namespace Broker.Replication;

/// <summary>
/// The configuration entries among those that enter a group's log, until the core is told of them; and how a checkpoint
/// keeps the one that is committed, so that it outlives the entries before the checkpoint. OWNER only.
/// </summary>
internal sealed class GroupConfigurations
{
    private readonly List<ConfigurationEntry> _unsaid = [];

    public void Appended(in LogEntry entry)
    {
        if (entry.Kind != EntryKind.Configuration)
            return;

        if (!ConfigurationCodec.TryDecode(entry.Payload.Span, out Configuration? configuration))
            throw new RaftInvariantException($"Entry {entry.Index} holds no configuration that this broker can read.");

        _unsaid.Add(new ConfigurationEntry(entry.Index, configuration));
    }

    /// <summary>A checkpoint tells of it; the log behind it may tell of it again.</summary>
    public ConfigurationEntry? Restored { get; set; }

    /// <summary>What the log told at the start, behind what the checkpoint told: ascending.</summary>
    public IReadOnlyList<ConfigurationEntry> TakeAll()
    {
        LogIndex known = Restored?.Index ?? LogIndex.Zero;
        ConfigurationEntry[] all = [.. _unsaid.Where(entry => entry.Index > known)];
        _unsaid.Clear();
        return all;
    }

    /// <summary>What was just received.</summary>
    public void Tell(RaftCore core)
    {
        foreach (ConfigurationEntry entry in _unsaid)
            core.ConfigurationAppended(entry);
        _unsaid.Clear();
    }
}
