using Broker.Model;
using Microsoft.Extensions.Logging;

namespace Broker.Storage;

/// <summary>
/// One replica's log. Three kinds of callers: its OWNER (one at a time, memory only, never waits for a disk), its DISK
/// loop (one at a time, may block) and READERS (any thread, may block unless they ask memory alone).
/// </summary>
/// <remarks>
/// The owner's log is what the files hold plus what waits to be written. A disk round is WritePending, then
/// CollectDirty and the planner's flush, then Flushed; rounds of one log do not overlap.
/// </remarks>
public sealed partial class PartitionLog : IDisposable
{
    private readonly LogResources _resources;
    private readonly LogFiles _files;
    private readonly LogState _state;
    private readonly LogWriter _writer;
    private readonly LogReader _reader;
    private readonly TimeIndex _times;
    private readonly LogScrub _scrub;
    private readonly LogMarks _marks;
    private readonly CheckpointFile _checkpoint;
    private readonly BaseFile _base;
    private readonly uint _writerTag;

    private volatile bool _awaitsCheckpoint;

    private long _covered;

    /// <summary>The log start may have moved since the journal was last flushed on its account.</summary>
    private volatile bool _hasNewStart = true;

    private PartitionLog(
        LogResources resources, string directory, PartitionId group, Incarnation incarnation, LogOptions options)
    {
        _resources = resources;
        Group = group;
        _writerTag = WriterMark.TagOf(incarnation);
        _state = new LogState(resources.TailCache);
        _files = new LogFiles(resources, directory, group, incarnation);
        _marks = new LogMarks(resources.Journal, group, resources.Time);
        _checkpoint = new CheckpointFile(resources.FileSystem, directory);
        _base = new BaseFile(resources, _files);
        _base.CarryOut(group, _checkpoint);
        long started = resources.Time.GetTimestamp();
        Recovery = new LogRecovery(resources, _files, _state, group, incarnation).Run();
        Report(resources.Time.GetElapsedTime(started));
        _writer = new LogWriter(_files, _state, _marks, options, resources.Reserve);
        _reader = new LogReader(_files, _state, OnDamage);
        _times = new TimeIndex(_files, _state, OnDamage);
        _scrub = new LogScrub(_files, _state, OnDamage);
        resources.TailCache.Join(this);
    }

    /// <summary>
    /// DISK. Opens the log in a directory, which exists, and recovers it. Damage does not throw: see
    /// <see cref="Damage"/>. Throws <see cref="StorageException"/> if the disk refuses, or if a newer broker wrote
    /// here.
    /// </summary>
    public static PartitionLog Open(
        LogResources resources, string directory, PartitionId group, Incarnation incarnation, LogOptions options) =>
        new(resources, directory, group, incarnation, options);

    public PartitionId Group { get; }

    public RecoveryReport Recovery { get; }

    /// <summary>
    /// Any thread. What is lost, or null. A log that lost something abstains until <see cref="Healed"/>.
    /// </summary>
    public LogDamage? Damage
    {
        get
        {
            lock (_state.Gate)
                return _state.Damage;
        }
    }

    /// <summary>
    /// Up to here a durable checkpoint tells what came of the entries. The disk loop moves it, any thread may look.
    /// </summary>
    private LogIndex CoveredIndex
    {
        get => new(Volatile.Read(ref _covered));
        set => Volatile.Write(ref _covered, value.Value);
    }

    /// <summary>
    /// Told once, when somebody first meets damage that was not there at the opening: on whatever thread that is, and
    /// quickly. Such a log is not filled again as it is; it has to be opened anew, which cuts it off before the damage.
    /// </summary>
    public Action<LogDamage>? DamageFound { get; set; }

    /// <summary>Any thread. Bytes in files.</summary>
    public long SizeInBytes
    {
        get
        {
            Segment[] segments = _state.Segments;
            long total = 0;
            foreach (Segment segment in segments)
                total += segment.Length;
            return total;
        }
    }

    /// <summary>OWNER. The leader has filled the log up to its commit index: what was lost is here again.</summary>
    public void Healed()
    {
        lock (_state.Gate)
        {
            if (_state.Damage is null)
                return;
            _state.Damage = null;
        }

        _resources.Journal.RecordDamage(Group, LogIndex.Zero);
        _resources.Logger.Healed(Group);
    }

    /// <summary>DISK. Writes, flushes and records all that waits, before the log is disposed in order.</summary>
    public void Close()
    {
        WriteOutcome outcome;
        do
            outcome = _writer.WritePending();
        while (outcome is { HasMore: true, Status: WriteStatus.Ok });
        _writer.Close();
    }

    /// <summary>
    /// DISK. Deletes the log for good, durably on return, and disposes it. Only after the committed deletion of its
    /// topic.
    /// </summary>
    public void Delete()
    {
        Dispose();
        _files.DeleteDirectory(_state.Segments);
        _resources.Journal.Forget(Group);
    }

    /// <summary>Lets go of memory and files as they are. What was not flushed is not flushed now.</summary>
    public void Dispose()
    {
        _resources.TailCache.Leave(this);
        _writer.Abandon();
        lock (_state.Gate)
        {
            _state.IsClosed = true;
            _state.ClearTail();
        }

        _files.Forget(_state.Segments);
    }

    internal void DropFromTail()
    {
        lock (_state.Gate)
            _state.DropFromTail(_resources.TailCache.Horizon);
    }

    private void OnDamage(LogDamage damage)
    {
        bool isFirst;
        lock (_state.Gate)
        {
            // Of several the first counts: there the log will be cut off.
            isFirst = _state.Damage is null;
            if (_state.IsClosed || (_state.Damage is { } known && known.At <= damage.At))
                return;
            _state.Damage = damage;
        }

        _resources.Journal.RecordDamage(Group, damage.At);
        _resources.Logger.Quarantined(Group, damage, "nothing yet");
        if (isFirst)
            DamageFound?.Invoke(damage);
    }

    private void Report(TimeSpan elapsed)
    {
        ILogger logger = _resources.Logger;
        if (Recovery.LastIndex > LogIndex.Zero)
        {
            logger.Recovered(
                Group, Recovery.FirstIndex, Recovery.LastIndex, Recovery.Segments, Recovery.EntriesScanned, elapsed);
        }

        if (Recovery.TornBytes > 0)
            logger.CutTornTail(Group, Recovery.TornBytes, Recovery.LastIndex);
        if (Recovery.Damage is { } damage)
            logger.Quarantined(Group, damage, string.Join(", ", Recovery.SetAside));
    }
}
