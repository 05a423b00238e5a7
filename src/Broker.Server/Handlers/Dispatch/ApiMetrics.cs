using System.Diagnostics.Metrics;
using Broker.Protocol;

namespace Broker.Server.Handlers.Dispatch;

/// <summary>What is measured of one API's requests.</summary>
internal sealed class ApiMetrics(ApiKey key)
{
    private static readonly Meter Meter = new("Broker.Server");

    private static readonly Counter<long> RequestBytes = Meter.CreateCounter<long>(
        "broker.request.bytes", "bytes", "Bytes of requests, by API.");

    private static readonly Counter<long> ResponseBytes = Meter.CreateCounter<long>(
        "broker.response.bytes", "bytes", "Bytes of responses, by API.");

    private static readonly Histogram<double> Duration = Meter.CreateHistogram<double>(
        "broker.request.duration",
        "seconds",
        "From the begin of a request to its answer, by API.",
        advice: new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries =
                [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30],
        });

    private readonly KeyValuePair<string, object?> _api = new("api", key.ToString());

    public void Answered(TimeSpan took, int requestBytes, int responseBytes)
    {
        RequestBytes.Add(requestBytes, _api);
        ResponseBytes.Add(responseBytes, _api);
        Duration.Record(took.TotalSeconds, _api);
    }
}
