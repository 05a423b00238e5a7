using System.Buffers.Binary;
using Broker.Model;
using Broker.Protocol.Compression;
using Broker.Protocol.Records;

namespace Broker.Protocol.Tests.Fuzz;

/// <summary>
/// Feeds broken record batches, mostly with a checksum that fits, to the validator and the reader. Whatever the
/// validator accepts after opening it, the reader reads to its end.
/// </summary>
internal sealed class BatchFuzzer
{
    private const int MaxInflated = 1 << 18;

    private readonly List<byte[]> _seeds = [];
    private readonly Random _random;
    private readonly Mutator _mutator;

    public BatchFuzzer(int seed)
    {
        _random = new Random(seed);
        _mutator = new Mutator(_random);
        for (int i = 0; i < 50; i++)
            _seeds.Add(MakeUp((CompressionType)(i % 5)));
    }

    public long Accepted { get; private set; }

    public long Refused { get; private set; }

    public void Run(long count)
    {
        using var reader = new RecordBatchReader(MaxInflated);
        for (long i = 0; i < count; i++)
        {
            byte[] batch = _mutator.Mutate(_seeds[_random.Next(_seeds.Count)], _seeds[_random.Next(_seeds.Count)]);
            if (_random.Next(8) != 0)
                Reseal(batch);
            Check(batch, reader);
        }
    }

    private void Check(byte[] batch, RecordBatchReader reader)
    {
        try
        {
            var rules = new BatchRules(1 << 20, OpenCompressed: true, MaxInflated);
            bool valid = RecordBatchValidator.Validate(batch, rules).IsValid;
            if (valid != TryReadAll(batch, reader) && valid)
                throw new InvalidOperationException("accepted, but not readable");
            if (valid)
                Accepted++;
            else
                Refused++;
        }
        catch (Exception e)
        {
            throw new InvalidOperationException(Convert.ToHexString(batch), e);
        }
    }

    private static bool TryReadAll(byte[] batch, RecordBatchReader reader)
    {
        try
        {
            reader.Open(batch);
            while (reader.TryRead(out RecordView record))
            {
                foreach (RecordHeaderView header in record.Headers)
                    _ = header.Key.Length + header.Value.Length;
            }

            return true;
        }
        catch (ProtocolException)
        {
            return false;
        }
    }

    private byte[] MakeUp(CompressionType codec)
    {
        using var builder = new RecordBatchBuilder(codec);
        int count = 1 + _random.Next(6);
        for (int i = 0; i < count; i++)
        {
            var value = new byte[_random.Next(60)];
            _random.NextBytes(value);
            KeyValuePair<string, byte[]?>[] headers = [new("trace", value), new("empty", null)];
            builder.Append(_random.NextInt64(1L << 41), i % 2 == 0 ? null : value, value, i % 3 == 0 ? headers : null);
        }

        return builder.Build(new ProducerId(_random.Next(3) - 1), 0, 0).ToArray();
    }

    /// <summary>Length and checksum that fit what is there, so that what lies behind them is reached.</summary>
    private static void Reseal(byte[] batch)
    {
        if (batch.Length < RecordBatchLayout.HeaderSize)
            return;
        int length = batch.Length - RecordBatchLayout.LogOverhead;
        BinaryPrimitives.WriteInt32BigEndian(batch.AsSpan(RecordBatchLayout.BatchLength), length);
        uint crc = Crc32C.Compute(batch.AsSpan(RecordBatchLayout.Attributes));
        BinaryPrimitives.WriteUInt32BigEndian(batch.AsSpan(RecordBatchLayout.Crc), crc);
    }
}
