using Broker.Storage;

namespace Broker.Replication;

/// <summary>What the scrub has done so far. Written by its loop; the totals are read by any thread.</summary>
internal sealed class ScrubRecord
{
    private long _bytes;
    private long _damaged;
    private long _lastPass;

    /// <summary>Read and checked since the process began.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>How often damage was met since then.</summary>
    public long Damaged => Volatile.Read(ref _damaged);

    /// <summary>When a pass over all logs last ended, in Unix seconds; 0 if none has.</summary>
    public long LastPass => Volatile.Read(ref _lastPass);

    public long PassBytes { get; private set; }

    public int PassDamaged { get; private set; }

    public void Begin() => (PassBytes, PassDamaged) = (0, 0);

    public void Count(in ScrubStep step)
    {
        PassBytes += step.Bytes;
        Interlocked.Add(ref _bytes, step.Bytes);
        if (step.Damage is null)
            return;
        PassDamaged++;
        Interlocked.Increment(ref _damaged);
    }

    public void End(DateTimeOffset now) => Volatile.Write(ref _lastPass, now.ToUnixTimeSeconds());
}
