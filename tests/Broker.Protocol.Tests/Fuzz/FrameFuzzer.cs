using Broker.Generators.Model;

namespace Broker.Protocol.Tests.Fuzz;

/// <summary>
/// Feeds broken frames of every API and version to the readers. A frame is read or refused with a ProtocolException;
/// either way the memory that it costs is bounded by its own length.
/// </summary>
internal sealed class FrameFuzzer
{
    // The message itself and its first lists; then what the smallest elements take in memory.
    private const long FixedCost = 16 * 1024;
    private const long CostPerByte = 160;

    private readonly List<Seed> _seeds = [];
    private readonly Random _random;
    private readonly Mutator _mutator;

    public FrameFuzzer(int seed)
    {
        _random = new Random(seed);
        _mutator = new Mutator(_random);
        foreach (ApiSchema api in SchemaFiles.All)
        {
            for (short version = api.Versions.First; version <= api.Versions.Last; version++)
                AddSeeds(api, version);
        }
    }

    public long Accepted { get; private set; }

    public long Refused { get; private set; }

    public void Run(long count)
    {
        for (long i = 0; i < count; i++)
        {
            Seed seed = _seeds[_random.Next(_seeds.Count)];
            Check(seed, _mutator.Mutate(seed.Frame, _seeds[_random.Next(_seeds.Count)].Frame));
        }
    }

    private void Check(Seed seed, byte[] frame)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        long cost;
        try
        {
            if (seed.Response is null)
                ReadRequest(frame);
            else
                ReadResponse(seed, frame);
            cost = GC.GetAllocatedBytesForCurrentThread() - before;
            Accepted++;
        }
        catch (ProtocolException)
        {
            cost = GC.GetAllocatedBytesForCurrentThread() - before;
            Refused++;
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"{seed.Name}: {Convert.ToHexString(frame)}", e);
        }

        if (cost > FixedCost + (CostPerByte * frame.Length))
            throw new InvalidOperationException($"{seed.Name}: {cost} bytes for {Convert.ToHexString(frame)}");
    }

    /// <summary>As a server does: header first, then whatever the header says that it is.</summary>
    private static void ReadRequest(byte[] frame)
    {
        var reader = new ProtocolReader(frame);
        RequestHeader header = RequestHeader.Read(ref reader);
        if (!header.CanRead)
            throw new ProtocolException("unknown");
        IRequest request = header.Api!.NewRequest();
        request.Read(ref reader, header.ApiVersion);
    }

    private static void ReadResponse(Seed seed, byte[] frame)
    {
        var reader = new ProtocolReader(frame);
        ResponseHeader.Read(ref reader, seed.Response!, seed.Version);
        seed.Response!.NewResponse().Read(ref reader, seed.Version);
    }

    private void AddSeeds(ApiSchema api, short version)
    {
        ApiDescription description = ApiCatalogue.Of((ApiKey)api.Key);
        for (int i = 0; i < 3; i++)
        {
            byte[] body = MakeUp(api, api.Request, version);
            using var writer = new ProtocolWriter();
            RequestHeader.For(description.Key, version, i, "fuzz").Write(writer);
            writer.WriteRaw(body);
            _seeds.Add(new Seed($"{api.Name}Request {version}", writer.ToArray(), version, null));

            body = MakeUp(api, api.Response, version);
            writer.Reset();
            ResponseHeader.Write(writer, description, version, i);
            writer.WriteRaw(body);
            _seeds.Add(new Seed($"{api.Name}Response {version}", writer.ToArray(), version, description));
        }
    }

    private byte[] MakeUp(ApiSchema api, MessageSchema message, short version) =>
        new SchemaInterpreter(api.Limits, message, version, _random) { UnknownTags = true }.MakeUp().Bytes;

    private sealed record Seed(string Name, byte[] Frame, short Version, ApiDescription? Response);
}
