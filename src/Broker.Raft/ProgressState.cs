namespace Broker.Raft;

public enum ProgressState : byte
{
    /// <summary>Where the logs meet is not known: one message at a time.</summary>
    Probe,

    /// <summary>It is known: as much as the window allows.</summary>
    Replicate,

    /// <summary>The entries that it needs are gone from the leader's log; appends cannot help it.</summary>
    Stranded,
}
