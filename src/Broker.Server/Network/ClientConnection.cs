using Broker.Server.Configuration;
using Broker.Server.Network.Frames;
using Microsoft.Extensions.Logging;

namespace Broker.Server.Network;

/// <summary>
/// One client's connection from its first byte to its last: one loop reads requests and begins them, one takes
/// responses and
/// writes them. Ends when the client does, when it breaks the protocol or a limit, or when the broker stops.
/// </summary>
public sealed class ClientConnection : IDisposable
{
    /// <summary>Finished responses are sent together up to so many bytes.</summary>
    private const int GatheredBytes = 256 * 1024;

    private readonly IClientTransport _transport;
    private readonly ClientSession _session;
    private readonly RequestAccount _account;
    private readonly ConnectionClock _clock;
    private readonly FrameReader _reader;
    private readonly ResponseSender _sender;
    private readonly ILogger _logger;
    private readonly List<ResponseFrame> _sending = [];
    private string? _cutOff;

    internal ClientConnection(IClientTransport transport, string listener, ClientResources resources)
    {
        BrokerOptions options = resources.Options;
        ConnectionLimits limits = options.Connections;
        _transport = transport;
        _logger = resources.Logger;
        _session = new ClientSession(
            resources.Dispatcher,
            new ClientIdentity(listener, transport.RemoteAddress),
            new SessionLimits(limits.MaxInFlight, limits.MaxResponseBytes),
            resources.Logger);
        _account = new RequestAccount(
            resources.RequestMemory, () => CutOff("it holds memory that others wait for, in the middle of a request"));
        _clock = new ConnectionClock(resources.Time, resources.Deadlines, limits, () => _session.IsIdle, CutOff);
        _reader = new FrameReader(
            transport, _account, _clock, resources.Dispatcher, options.Requests.MaxRequestBytes);
        _sender = new ResponseSender(transport, _clock);
    }

    /// <summary>Serves the client until the connection has ended; throws nothing.</summary>
    public async Task RunAsync()
    {
        _clock.Start();
        Task writing = WriteAsync();
        try
        {
            while (await _reader.ReadAsync() is { } frame)
                await _session.BeginAsync(frame);

            NetworkLog.Ended(_logger, _session.Client.Address, "the client ended it");
        }
        catch (ClientLostException lost)
        {
            Report(lost);
            _transport.Abort();
        }

        _session.End();
        await writing;
        _clock.Stop();
        _account.Close();
    }

    /// <summary>Answers what has begun, then closes.</summary>
    public void Stop() => _session.End();

    /// <summary>Breaks the connection now.</summary>
    public void CutOff(string reason)
    {
        Interlocked.CompareExchange(ref _cutOff, reason, null);
        _transport.Abort();
        _account.Close();
        _session.End();
    }

    public void Dispose()
    {
        _transport.Dispose();
        _session.Dispose();
    }

    private async Task WriteAsync()
    {
        try
        {
            while (await _session.NextAsync() is { } response)
            {
                GatherWith(response);
                await _sender.SendAsync(_sending);
                ReleaseSent();
            }
        }
        catch (ClientLostException lost)
        {
            Report(lost);
        }

        // Ends the reading side too, where the broker stops or the client no longer takes what it asked for.
        _transport.Abort();
        _account.Close();
        _session.End();
        ReleaseSent();
        await DropRestAsync();
    }

    private void GatherWith(ResponseFrame response)
    {
        _sending.Add(response);
        int bytes = response.Length;
        while (bytes < GatheredBytes && _session.TryNext(out ResponseFrame? next))
        {
            _sending.Add(next);
            bytes += next.Length;
        }
    }

    private void ReleaseSent()
    {
        foreach (ResponseFrame sent in _sending)
            _session.Sent(sent);

        _sending.Clear();
    }

    /// <summary>Waits for what is still under way, so that its memory is given back.</summary>
    private async Task DropRestAsync()
    {
        while (true)
        {
            try
            {
                if (await _session.NextAsync() is not { } response)
                    return;

                _session.Sent(response);
            }
            catch (ClientLostException)
            {
                // Said already; what comes after it is waited for all the same.
            }
        }
    }

    private void Report(ClientLostException lost)
    {
        if (Interlocked.Exchange(ref _cutOff, "") is { Length: > 0 } reason)
            NetworkLog.Closed(_logger, _session.Client.Address, reason);
        else if (lost.InnerException is not null)
            NetworkLog.Ended(_logger, _session.Client.Address, lost.Message);
        else if (_cutOff is not null)
            NetworkLog.Closed(_logger, _session.Client.Address, lost.Message);
    }
}
