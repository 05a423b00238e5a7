using System.Buffers.Binary;
using Broker.Protocol;
using Broker.Server.Groups;
using Broker.Server.Handlers.Dispatch;
using Broker.Server.Network;
using Broker.Server.Network.Frames;
using Broker.Server.Tests.Network;
using Broker.Server.Tests.Transactions;
using Broker.Server.Transactions;
using Broker.Server.Transactions.Ending;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Broker.Server.Tests.Handlers;

/// <summary>
/// All handlers over a fake cluster: a request goes in as bytes of a version and its response comes out of bytes.
/// </summary>
internal sealed class HandlerBench : IDisposable
{
    private readonly ClientSession _session;
    private int _correlation = 100;

    public HandlerBench(params string[] arguments)
    {
        Deadlines = new Deadlines(TimeProvider.System);
        Services = new HandlerServices
        {
            Options = TestOptions.With(arguments),
            Cluster = Cluster,
            Controller = Controller,
            Elections = Elections,
            Partitions = Partitions,
            Groups = new GroupCoordinators(Cluster, new GroupResources
            {
                Offsets = TestOptions.With(arguments).Offsets,
                Groups = TestOptions.With(arguments).Groups,
                Deadlines = Deadlines,
                NewId = new MemberIds(default).Next,
                Logger = NullLogger.Instance,
            }),
            Transactions = new TransactionCoordinators(Cluster, new TransactionResources
            {
                Options = TestOptions.With(arguments).Transactions,
                WriteTimeout = TimeSpan.FromSeconds(5),
                Deadlines = Deadlines,
                NextProducerId = Controller.NextProducerIdAsync,
                Markers = new MarkerWriter(Cluster, new FakeMarkers(), TimeProvider.System),
                Logger = NullLogger.Instance,
            }),
            Voters = Voters,
            DiskSpace = () => new DiskSpace(1000, 400),
            Deadlines = Deadlines,
            Random = new Random(7),
            Logger = NullLogger.Instance,
        };
        Dispatcher = HandlerTable.Create(Services);
        _session = new ClientSession(
            Dispatcher, new ClientIdentity("client", "test"), new SessionLimits(10, 1 << 20), NullLogger.Instance);
    }

    public FakeCluster Cluster { get; } = new();

    public FakeController Controller { get; } = new();

    public FakeElections Elections { get; } = new();

    public FakeVoters Voters { get; } = new();

    public FakePartitions Partitions { get; } = new();

    public HandlerServices Services { get; }

    public Deadlines Deadlines { get; }

    public ApiDispatcher Dispatcher { get; }

    public ClientSession Session => _session;

    public async Task<TResponse> AskAsync<TResponse>(IRequestFor<TResponse> request, short version)
        where TResponse : class, IResponse, new() =>
        (await TryAskAsync(request, version))!;

    /// <summary>Null where no response is sent.</summary>
    public async Task<TResponse?> TryAskAsync<TResponse>(IRequestFor<TResponse> request, short version)
        where TResponse : class, IResponse, new()
    {
        int correlation = _correlation++;
        ApiDescription api = ApiCatalogue.Of(request.ApiKey);
        RequestFrame frame = FrameOf(request, version, correlation);
        ResponseFrame? response = await Dispatcher.HandleAsync(_session, frame);
        Assert.Throws<ObjectDisposedException>(frame.Release);
        if (response is null)
            return null;

        byte[] bytes = response.Writer.ToArray();
        response.Release();
        Assert.Equal(bytes.Length - 4, BinaryPrimitives.ReadInt32BigEndian(bytes));
        return Read<TResponse>(bytes, api, version, correlation);
    }

    public static RequestFrame FrameOf(IRequest request, short version, int correlation)
    {
        using var writer = new ProtocolWriter();
        Frame.WriteRequest(writer, RequestHeader.For(request.ApiKey, version, correlation, "bench"), request);
        return RequestFrame.Of(writer.ToArray().AsSpan(4));
    }

    public void Dispose()
    {
        _session.Dispose();
        Deadlines.Dispose();
    }

    private static TResponse Read<TResponse>(byte[] bytes, ApiDescription api, short version, int correlation)
        where TResponse : class, IResponse, new()
    {
        var reader = new ProtocolReader(bytes.AsMemory(4));
        Assert.Equal(correlation, ResponseHeader.Read(ref reader, api, version));
        var response = new TResponse();
        response.Read(ref reader, version);
        reader.ExpectEnd();
        return response;
    }
}
