using Broker.Protocol;
using Broker.Protocol.Messages;

namespace Broker.Client;

/// <summary>Changes the configs of topics that are there. Any thread.</summary>
internal sealed class ConfigChanges(AdminClient admin)
{
    private const sbyte TopicResource = 2;
    private const sbyte Set = 0;
    private const sbyte Delete = 1;

    /// <inheritdoc cref="AdminClient.AlterTopicConfigsAsync"/>
    public async Task AlterAsync(
        string topic,
        IReadOnlyDictionary<string, string?> configs,
        IReadOnlyCollection<string> deleted,
        CancellationToken token)
    {
        IncrementalAlterConfigsRequest request = new();
        IncrementalAlterConfigsRequest.AlterConfigsResource resource = request.Resources.Add();
        resource.ResourceType = TopicResource;
        resource.ResourceName = topic;
        foreach ((string name, string? value) in configs.OrderBy(config => config.Key, StringComparer.Ordinal))
        {
            Add(resource, name, Set, value);
        }

        foreach (string name in deleted)
        {
            Add(resource, name, Delete, null);
        }

        IncrementalAlterConfigsResponse response = await admin.AskAnyAsync(request, token).ConfigureAwait(false);
        IncrementalAlterConfigsResponse.AlterConfigsResourceResponse result = response.Responses.Single();
        AdminClient.ThrowIfFailed(
            result.ErrorCode, $"the configs of topic '{topic}' were not changed", result.ErrorMessage);
    }

    private static void Add(
        IncrementalAlterConfigsRequest.AlterConfigsResource resource, string name, sbyte operation, string? value)
    {
        IncrementalAlterConfigsRequest.AlterableConfig config = resource.Configs.Add();
        config.Name = name;
        config.ConfigOperation = operation;
        config.Value = value;
    }
}
