using System.Diagnostics.Metrics;
using Broker.Model;
using Broker.Protocol;

namespace Broker.Server.Handlers.Dispatch;

/// <summary>What is measured of one API's requests.</summary>
internal sealed class ApiMetrics
{
    private readonly Counter<long> _requestBytes;
    private readonly Counter<long> _responseBytes;
    private readonly Histogram<double> _duration;
    private readonly KeyValuePair<string, object?> _broker;
    private readonly KeyValuePair<string, object?> _api;

    public ApiMetrics(Meter meter, BrokerId broker, ApiKey key)
    {
        _broker = new("broker", broker.Value);
        _api = new("api", key.ToString());
        _requestBytes = meter.CreateCounter<long>("broker.request.size", "By", "Bytes of requests, by API.");
        _responseBytes = meter.CreateCounter<long>("broker.response.size", "By", "Bytes of responses, by API.");
        _duration = meter.CreateHistogram<double>(
            "broker.request.duration",
            "s",
            "From the begin of a request to its answer, by API.",
            advice: new InstrumentAdvice<double>
            {
                HistogramBucketBoundaries =
                    [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30],
            });
    }

    public void Answered(TimeSpan took, int requestBytes, int responseBytes)
    {
        _requestBytes.Add(requestBytes, _broker, _api);
        _responseBytes.Add(responseBytes, _broker, _api);
        _duration.Record(took.TotalSeconds, _broker, _api);
    }
}
