using System.Buffers.Binary;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Broker.Model;
using Broker.Protocol;
using Broker.Protocol.Messages;

namespace Broker.Client.Connections;

/// <summary>
/// One connection to one broker. Requests are pipelined and answered in order; any thread may send. It ends at the
/// first thing that goes wrong: whoever waits gets an <see cref="UnreachableException"/>, and the pool makes a new
/// one.
/// </summary>
internal sealed class BrokerConnection : IAsyncDisposable
{
    private const int MaxResponseBytes = 256 << 20;

    private readonly Socket _socket;
    private readonly ClientOptions _options;
    private readonly NameCache _names;
    private readonly ProtocolWriter _writer = new();
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly List<ArraySegment<byte>> _segments = [];
    private readonly PendingResponses _pending = new();
    private readonly CancellationTokenSource _closing = new();
    private readonly VersionTable _versions = new();
    private Task _receiving = Task.CompletedTask;
    private int _nextCorrelationId;

    private BrokerConnection(Socket socket, HostAndPort address, ClientOptions options, NameCache names)
    {
        _socket = socket;
        _options = options;
        _names = names;
        Address = address;
    }

    public HostAndPort Address { get; }

    public bool IsBroken => _pending.IsClosed;

    /// <exception cref="UnreachableException">Nobody listens there, or does not speak Kafka's protocol in
    /// time.</exception>
    public static async Task<BrokerConnection> OpenAsync(
        HostAndPort address,
        ClientOptions options,
        NameCache names,
        CancellationToken token
    )
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(token);
        using CancellationTokenSource time = new(options.ConnectTimeout, options.Clock);
        using CancellationTokenRegistration link = time.Token.UnsafeRegister(_ => limit.Cancel(), null);
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        BrokerConnection connection = new(socket, address, options, names);
        try
        {
            await socket.ConnectAsync(address.Host, address.Port, limit.Token).ConfigureAwait(false);
            connection._receiving = connection.ReceiveAsync();
            await connection.NegotiateAsync(limit.Token).ConfigureAwait(false);
            return connection;
        }
        catch (Exception e)
            when (e is SocketException or OperationCanceledException or UnreachableException or ProtocolException)
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            token.ThrowIfCancellationRequested();
            string cause =
                e is OperationCanceledException
                    ? $"no answer within {options.ConnectTimeout.TotalSeconds:0.#} s"
                    : e.Message;
            throw new UnreachableException($"no connection to {address}: {cause}", e);
        }
    }

    /// <summary>Sends a request in the highest version that both sides know, and reads its answer.</summary>
    /// <exception cref="UnreachableException">The connection broke; whether the broker acted on the request is not
    /// known.</exception>
    public async Task<TResponse> SendAsync<TResponse>(
        IRequestFor<TResponse> request,
        TimeSpan timeout,
        CancellationToken token
    )
        where TResponse : class, IResponse, new()
    {
        short version = _versions.Choose(request.ApiKey);
        Task<ResponseFrame> answer = await WriteAsync(request, version, expectsAnswer: true, token)
            .ConfigureAwait(false);
        ResponseFrame frame;
        try
        {
            frame = await answer.WaitAsync(timeout, _options.Clock, token).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // Answers come in order: one that is missing holds up all that follow.
            Close(
                new UnreachableException(
                    $"{Address} did not answer {request.ApiKey} within {timeout.TotalSeconds:0.#} s"
                )
            );
            frame = await answer.ConfigureAwait(false);
        }

        return Decode<TResponse>(frame, request.ApiKey, version);
    }

    /// <summary>Sends a request that gets no answer: produce with acks=0.</summary>
    public async Task SendOnlyAsync(IRequest request, CancellationToken token) =>
        await WriteAsync(request, _versions.Choose(request.ApiKey), expectsAnswer: false, token).ConfigureAwait(false);

    public async ValueTask DisposeAsync()
    {
        Close(new UnreachableException($"the connection to {Address} was closed"));
        await _receiving.ConfigureAwait(false);
        _closing.Dispose();
    }

    private async Task NegotiateAsync(CancellationToken token)
    {
        ApiVersionsRequest request = new() { ClientSoftwareName = "broker-dotnet", ClientSoftwareVersion = "0.1.0" };
        short version = ApiCatalogue.Of(ApiKey.ApiVersions).MaxVersion;
        Task<ResponseFrame> answer = await WriteAsync(request, version, expectsAnswer: true, token)
            .ConfigureAwait(false);
        ResponseFrame frame = await answer.WaitAsync(token).ConfigureAwait(false);
        ApiVersionsResponse response = Decode<ApiVersionsResponse>(frame, ApiKey.ApiVersions, version, fallback: 0);
        _versions.Learn(response, Address);
    }

    private async Task<Task<ResponseFrame>> WriteAsync(
        IRequest request,
        short version,
        bool expectsAnswer,
        CancellationToken token
    )
    {
        await _sending.WaitAsync(token).ConfigureAwait(false);
        try
        {
            _writer.Reset();
            int correlationId = _nextCorrelationId++;
            Frame.WriteRequest(
                _writer,
                RequestHeader.For(request.ApiKey, version, correlationId, _options.ClientId),
                request
            );
            Task<ResponseFrame> answer = expectsAnswer
                ? _pending.Add(correlationId)
                : Task.FromResult(default(ResponseFrame));

            // Not with the caller's token: half a frame would leave the connection without meaning.
            await SendSegmentsAsync().ConfigureAwait(false);
            return answer;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            UnreachableException broken = new($"the connection to {Address} broke: {e.Message}", e);
            Close(broken);
            throw broken;
        }
        finally
        {
            _sending.Release();
        }
    }

    private async Task SendSegmentsAsync()
    {
        _segments.Clear();
        foreach (ReadOnlyMemory<byte> segment in _writer.Segments)
        {
            _segments.Add(MemoryMarshal.TryGetArray(segment, out ArraySegment<byte> array) ? array : segment.ToArray());
        }

        long left = _writer.Length;
        while (left > 0)
        {
            int sent = await _socket.SendAsync(_segments, SocketFlags.None).ConfigureAwait(false);
            left -= sent;
            Skip(sent);
        }
    }

    private void Skip(int sent)
    {
        int whole = 0;
        while (whole < _segments.Count && sent >= _segments[whole].Count)
        {
            sent -= _segments[whole++].Count;
        }

        _segments.RemoveRange(0, whole);
        if (sent > 0)
        {
            _segments[0] = _segments[0][sent..];
        }
    }

    private async Task ReceiveAsync()
    {
        byte[] length = new byte[sizeof(int)];
        try
        {
            while (true)
            {
                await ReadFullAsync(length).ConfigureAwait(false);
                int size = BinaryPrimitives.ReadInt32BigEndian(length);
                if (size is < sizeof(int) or > MaxResponseBytes)
                {
                    throw new ProtocolException($"a response of {size} bytes can't be one");
                }

                byte[] frame = GC.AllocateUninitializedArray<byte>(size);
                await ReadFullAsync(frame).ConfigureAwait(false);
                _pending.Complete(BinaryPrimitives.ReadInt32BigEndian(frame), new ResponseFrame(frame));
            }
        }
        catch (Exception e)
            when (e
                    is SocketException
                        or ObjectDisposedException
                        or OperationCanceledException
                        or IOException
                        or ProtocolException
            )
        {
            Close(
                e as UnreachableException
                    ?? new UnreachableException($"the connection to {Address} broke: {e.Message}", e)
            );
        }
    }

    private async Task ReadFullAsync(Memory<byte> into)
    {
        while (!into.IsEmpty)
        {
            int read = await _socket.ReceiveAsync(into, SocketFlags.None, _closing.Token).ConfigureAwait(false);
            if (read == 0)
            {
                throw new EndOfStreamException("the broker closed it");
            }

            into = into[read..];
        }
    }

    /// <param name="frame">The response.</param>
    /// <param name="key">Of which API.</param>
    /// <param name="version">In which version it should be.</param>
    /// <param name="fallback">The version to read if the first field is UNSUPPORTED_VERSION (ApiVersions,
    /// KIP-511).</param>
    private TResponse Decode<TResponse>(ResponseFrame frame, ApiKey key, short version, short? fallback = null)
        where TResponse : class, IResponse, new()
    {
        try
        {
            ProtocolReader reader = new(frame.Bytes, _names);
            ResponseHeader.Read(ref reader, ApiCatalogue.Of(key), version);
            bool refused =
                fallback is not null
                && BinaryPrimitives.ReadInt16BigEndian(frame.Bytes.Span[sizeof(int)..])
                    == (short)ErrorCode.UnsupportedVersion;
            TResponse response = new();
            response.Read(ref reader, refused ? fallback!.Value : version);
            return response;
        }
        catch (ProtocolException e)
        {
            UnreachableException broken = new($"{Address} answered {key} with something else: {e.Message}", e);
            Close(broken);
            throw broken;
        }
    }

    private void Close(UnreachableException cause)
    {
        if (_pending.Close(cause))
        {
            _closing.Cancel();
            _socket.Dispose();
        }
    }
}
