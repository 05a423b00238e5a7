using System.Globalization;
using Broker.Model;
using Broker.Protocol;
using Broker.Protocol.Messages;

namespace Broker.Client.Moving;

/// <summary>
/// Marks brokers as ones that are to leave: they get no new replicas, and no leadership that another replica can have.
/// What they have stays until it is moved. Any thread.
/// </summary>
public sealed class DrainMarks
{
    private const sbyte BrokerResource = 4;
    private const sbyte Set = 0;
    private const sbyte Delete = 1;
    private const string Mark = "broker.draining";

    private readonly AdminClient _admin;

    internal DrainMarks(AdminClient admin) => _admin = admin;

    /// <summary>Sets the mark, or takes it back; returns when that is written down. Twice is as good as once.</summary>
    /// <exception cref="RequestException">It was refused, and nothing was changed; or, with
    /// <see cref="ErrorCode.RequestTimedOut"/>, it is not known what became of it.</exception>
    /// <exception cref="UnreachableException">The connection broke on the way; it may be done.</exception>
    public async Task SetAsync(BrokerId broker, bool isDraining, CancellationToken token = default)
    {
        IncrementalAlterConfigsRequest request = new();
        IncrementalAlterConfigsRequest.AlterConfigsResource resource = request.Resources.Add();
        resource.ResourceType = BrokerResource;
        resource.ResourceName = Name(broker);
        IncrementalAlterConfigsRequest.AlterableConfig config = resource.Configs.Add();
        config.Name = Mark;
        config.ConfigOperation = isDraining ? Set : Delete;
        config.Value = isDraining ? "true" : null;
        IncrementalAlterConfigsResponse response = await _admin.AskAnyAsync(request, token).ConfigureAwait(false);
        IncrementalAlterConfigsResponse.AlterConfigsResourceResponse result = response.Responses.Single();
        string what = isDraining ? $"broker {broker} is not drained" : $"broker {broker} was not taken back";
        AdminClient.ThrowIfFailed(result.ErrorCode, what, result.ErrorMessage);
    }

    /// <summary>
    /// Those of the brokers that are marked. Of which that can't be told just now, or by the broker that is asked, it
    /// is taken that they are not.
    /// </summary>
    /// <exception cref="UnreachableException">No broker answers.</exception>
    public async Task<IReadOnlySet<BrokerId>> FindAsync(
        IReadOnlyList<BrokerDescription> brokers, CancellationToken token = default)
    {
        DescribeConfigsRequest request = new();
        foreach (BrokerDescription broker in brokers)
        {
            DescribeConfigsRequest.DescribeConfigsResource resource = request.Resources.Add();
            resource.ResourceType = BrokerResource;
            resource.ResourceName = Name(broker.Id);
            resource.ConfigurationKeys = [Mark];
        }

        DescribeConfigsResponse response = await _admin.AskAnyAsync(request, token).ConfigureAwait(false);
        HashSet<string> marked = [.. response.Results
            .Where(result => result.Configs.Any(config => config is { Name: Mark, Value: "true" }))
            .Select(result => result.ResourceName)];
        return brokers.Select(broker => broker.Id).Where(broker => marked.Contains(Name(broker))).ToHashSet();
    }

    private static string Name(BrokerId broker) => broker.Value.ToString(CultureInfo.InvariantCulture);
}
