using Broker.Metadata;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Server.Partitions;
using Xunit;

namespace Broker.Server.Tests.Handlers.Fetching;

/// <summary>
/// A client that fetches by a session: it names what is new of what it wants, and of what an answer leaves out it takes
/// that nothing has changed.
/// </summary>
internal sealed class SessionClient(HandlerBench bench, TopicImage topic, short version)
{
    private readonly SortedDictionary<int, Known> _known = [];
    private readonly SortedSet<int> _wanted = [];
    private readonly HashSet<int> _named = [];
    private int _session;
    private int _epoch;

    /// <summary>Every batch that a test appends has so many bytes.</summary>
    public const int BatchBytes = 100;

    /// <summary>Of what it wants, and of what it has not told yet that it wants it no more.</summary>
    public IReadOnlyDictionary<int, Known> Views => _known;

    public int MaxBytes { get; set; } = 1 << 20;

    public void Want(int partition)
    {
        if (_wanted.Add(partition))
            _known.TryAdd(partition, new Known());
    }

    public void Forget(int partition) => _wanted.Remove(partition);

    public void Seek(int partition, long offset)
    {
        if (_known.TryGetValue(partition, out Known? known))
            (known.Position, known.IsNew) = (offset, true);
    }

    /// <summary>An answer was lost: everything is asked for anew.</summary>
    public void BeginAnew() => _epoch = 0;

    public async Task<FetchResponse> FetchAsync()
    {
        FetchResponse response = await bench.AskAsync(Request(), version);
        Assert.Equal(ErrorCode.None, response.ErrorCode);
        _epoch = _wanted.Count == 0 && _epoch != 0 ? 0 : _epoch + 1;
        _session = response.SessionId;
        Assert.Equal(_epoch == 0, _session == 0);
        foreach (FetchResponse.PartitionData told in response.Responses.SelectMany(each => each.Partitions))
            _known[told.PartitionIndex].Hear(told);
        return response;
    }

    /// <summary>What one is told who asks for the same without a session.</summary>
    public async Task<IReadOnlyList<(int Index, long HighWatermark, long LogStart, ErrorCode Code)>> AskInFullAsync()
    {
        FetchRequest request = NewRequest();
        foreach (int index in _wanted)
            Add(request, index, _known[index].Position).PartitionMaxBytes = 0;
        FetchResponse response = await bench.AskAsync(request, version);
        return
        [
            .. response.Responses.SelectMany(each => each.Partitions).Select(told => (
                told.PartitionIndex, told.HighWatermark, told.LogStartOffset, told.ErrorCode)),
        ];
    }

    private FetchRequest Request()
    {
        FetchRequest request = NewRequest();
        (request.SessionId, request.SessionEpoch) = (_session, _epoch);
        if (_epoch == 0)
            _named.Clear();
        foreach (int index in _wanted)
        {
            Known known = _known[index];
            if (!_named.Add(index) && !known.IsNew)
                continue;
            known.IsNew = false;
            Add(request, index, known.Position);
        }

        int[] forgotten = [.. _named.Where(index => !_wanted.Contains(index)).Order()];
        _named.ExceptWith(forgotten);
        foreach (int index in _known.Keys.Except(_wanted).ToArray())
            _known.Remove(index);
        if (forgotten.Length > 0)
        {
            FetchRequest.ForgottenTopic left = request.ForgottenTopicsData.Add();
            (left.Topic, left.TopicId) = version < 13 ? (topic.Name, default) : ("", topic.Id);
            left.Partitions.AddRange(forgotten);
        }

        return request;
    }

    private FetchRequest NewRequest() => new() { MaxWaitMs = 0, MinBytes = 1, MaxBytes = MaxBytes };

    private FetchRequest.FetchPartition Add(FetchRequest request, int index, long position)
    {
        FetchRequest.FetchTopic asked = request.Topics.Count == 0 ? request.Topics.Add() : request.Topics[0];
        (asked.Topic, asked.TopicId) = version < 13 ? (topic.Name, default) : ("", topic.Id);
        FetchRequest.FetchPartition wanted = asked.Partitions.Add();
        (wanted.Partition, wanted.FetchOffset, wanted.PartitionMaxBytes) = (index, position, 1 << 20);
        return wanted;
    }

    /// <summary>What the client knows of a partition.</summary>
    internal sealed class Known
    {
        public long Position { get; set; }

        public bool IsNew { get; set; }

        public long HighWatermark { get; private set; } = -2;

        public long LogStart { get; private set; } = -2;

        public ErrorCode Code { get; private set; }

        public void Hear(FetchResponse.PartitionData told)
        {
            (HighWatermark, LogStart, Code) = (told.HighWatermark, told.LogStartOffset, told.ErrorCode);
            if (told.Records.Length == 0)
                return;

            Position += told.Records.Length / BatchBytes;
            IsNew = true;
        }
    }
}
