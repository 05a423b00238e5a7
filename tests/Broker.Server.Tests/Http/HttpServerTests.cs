using System.Diagnostics.Metrics;
using System.Net;
using Broker.Model;
using Broker.Server.Http;
using Broker.Server.Network;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Broker.Server.Tests.Http;

public sealed class HttpServerTests : IAsyncLifetime
{
    private readonly HttpClient _client = new();
    private bool _isReady;
    private HttpServer? _server;

    private HttpServer Server => _server!;

    public async ValueTask InitializeAsync() => _server = await StartAsync(new HostAndPort("127.0.0.1", 0));

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        _client.Dispose();
    }

    [Fact]
    public async Task It_is_live_at_once_and_ready_when_the_broker_is()
    {
        Assert.Equal((HttpStatusCode.OK, "live\n"), await GetAsync("/health/live"));
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "not ready\n"), await GetAsync("/health/ready"));
        _isReady = true;
        Assert.Equal((HttpStatusCode.OK, "ready\n"), await GetAsync("/health/ready"));
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync("/elsewhere")).Status);
    }

    [Fact]
    public async Task Metrics_of_the_brokers_meters_come_as_prometheus_text()
    {
        using var meter = new Meter("Broker.Test");
        meter.CreateCounter<long>("broker.test.bytes", "By", "Counted by a test.").Add(
            42, new KeyValuePair<string, object?>("api", "Fetch"));
        string text = "";
        for (int i = 0; i < 100 && !text.Contains("broker_test_bytes_total", StringComparison.Ordinal); i++)
            text = (await GetAsync("/metrics")).Body;

        Assert.Contains("# TYPE broker_test_bytes_total counter", text, StringComparison.Ordinal);
        Assert.Contains("broker_test_bytes_total{", text, StringComparison.Ordinal);
        Assert.Contains("api=\"Fetch\"} 42", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_in_use_is_named()
    {
        ListenerException refused = await Assert.ThrowsAsync<ListenerException>(() => StartAsync(Server.BoundAddress));
        Assert.Contains(Server.BoundAddress.ToString(), refused.Message, StringComparison.Ordinal);
    }

    private Task<HttpServer> StartAsync(HostAndPort bind) =>
        HttpServer.StartAsync(bind, () => _isReady, NullLoggerFactory.Instance, CancellationToken.None);

    private async Task<(HttpStatusCode Status, string Body)> GetAsync(string path)
    {
        using HttpResponseMessage response = await _client.GetAsync(new Uri($"http://{Server.BoundAddress}{path}"));
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }
}
