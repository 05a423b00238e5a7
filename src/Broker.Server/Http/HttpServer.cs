using System.Net;
using Broker.Model;
using Broker.Server.Network;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Metrics;

namespace Broker.Server.Http;

/// <summary>
/// What operators and their machines ask over HTTP: <c>/health/live</c> (the process answers), <c>/health/ready</c>
/// (clients are served, and every partition led here can answer; 503 until then) and <c>/metrics</c> (Prometheus text).
/// Not part of what is simulated: it only looks.
/// </summary>
public sealed class HttpServer : IAsyncDisposable
{
    /// <summary>Every meter of the broker's own begins with this.</summary>
    private const string Meters = "Broker.*";

    /// <summary>Memory, collections and threads, as .NET measures them.</summary>
    private const string Runtime = "System.Runtime";

    private readonly WebApplication _application;

    private HttpServer(WebApplication application, HostAndPort bound)
    {
        _application = application;
        BoundAddress = bound;
    }

    /// <summary>With the port that the system chose, where 0 was asked for.</summary>
    public HostAndPort BoundAddress { get; }

    /// <summary>Serves until it is disposed.</summary>
    /// <exception cref="ListenerException">The address is in use, or is none of this machine.</exception>
    public static async Task<HttpServer> StartAsync(
        HostAndPort bind, Func<bool> isReady, ILoggerFactory loggers, CancellationToken cancellation)
    {
        WebApplication application = Build(bind, loggers);
        application.MapGet("/health/live", () => Results.Text("live\n"));
        application.MapGet("/health/ready", () => isReady()
            ? Results.Text("ready\n")
            : Results.Text("not ready\n", statusCode: StatusCodes.Status503ServiceUnavailable));
        application.MapPrometheusScrapingEndpoint("/metrics");
        try
        {
            await application.StartAsync(cancellation);
        }
        catch (IOException refused)
        {
            await application.DisposeAsync();
            throw new ListenerException($"HTTP cannot bind {bind}: {refused.Message}", refused);
        }

        string address = application.Services.GetRequiredService<IServer>().Features
            .Get<IServerAddressesFeature>()!.Addresses.First();
        return new HttpServer(application, bind with { Port = new Uri(address).Port });
    }

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private static WebApplication Build(HostAndPort bind, ILoggerFactory loggers)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton(loggers);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(AddressOf(bind.Host), bind.Port);
        });
        builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics
            .AddMeter(Meters, Runtime)
            .AddPrometheusExporter());
        return builder.Build();
    }

    private static IPAddress AddressOf(string host) => host switch
    {
        "localhost" => IPAddress.Loopback,
        "*" => IPAddress.Any,
        _ => IPAddress.Parse(host),
    };
}
