using Broker.Metadata;
using Broker.Model;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Server.Configuration;
using Broker.Server.Handlers.Dispatch;
using Answers = Broker.Server.Handlers.Dispatch.Exchange<
    Broker.Protocol.Messages.DescribeConfigsRequest, Broker.Protocol.Messages.DescribeConfigsResponse>;

namespace Broker.Server.Handlers.Configs;

/// <summary>
/// DescribeConfigs, versions 1 to 4, of topics and of the broker that is asked. A broker's configuration is read once
/// at its start, so all of it but <see cref="DrainingConfig"/> is read-only; that one is known of every broker. There
/// are no cluster-wide defaults, and asking for them gives none.
/// </summary>
internal sealed class DescribeConfigsHandler(HandlerServices services)
    : MessageHandler<DescribeConfigsRequest, DescribeConfigsResponse>(ApiKey.DescribeConfigs, services)
{
    /// <summary>What Kafka calls a dynamic config of a broker.</summary>
    private const sbyte FromCluster = 2;

    private static readonly TimeSpan BarrierPatience = TimeSpan.FromSeconds(5);

    protected override async ValueTask<bool> AnswerAsync(Answers exchange, RequestContext context)
    {
        DescribeConfigsRequest request = exchange.Request;
        bool isCurrent = !request.Resources.Any(IsOfImage)
            || await Services.Cluster.BarrierAsync(BarrierPatience, context.Session.Closed);
        foreach (DescribeConfigsRequest.DescribeConfigsResource resource in request.Resources)
        {
            DescribeConfigsResponse.DescribeConfigsResult result = exchange.Response.Results.Add();
            result.ResourceType = resource.ResourceType;
            result.ResourceName = resource.ResourceName;
            if (IsOfImage(resource) && !isCurrent)
                Refuse(result, ErrorCode.RequestTimedOut, "The metadata group has no leader that could be asked.");
            else if (resource.ResourceType == ConfigResource.Topic)
                FillTopic(result, resource, request);
            else if (resource.ResourceType == ConfigResource.Broker)
                FillBroker(result, resource, request);
            else
                Refuse(result, ErrorCode.InvalidRequest, "Only topics (2) and brokers (4) have configs.");
        }

        return true;
    }

    private static bool IsOfImage(DescribeConfigsRequest.DescribeConfigsResource resource) =>
        resource.ResourceType == ConfigResource.Topic
        || (resource.ResourceType == ConfigResource.Broker && IsOfDrainingAlone(resource));

    private static bool IsOfDrainingAlone(DescribeConfigsRequest.DescribeConfigsResource resource) =>
        resource.ConfigurationKeys is { Count: > 0 } keys && keys.All(key => key == DrainingConfig.Name);

    private void FillTopic(
        DescribeConfigsResponse.DescribeConfigsResult result,
        DescribeConfigsRequest.DescribeConfigsResource resource,
        DescribeConfigsRequest request)
    {
        if (Services.Cluster.Image.FindTopic(resource.ResourceName) is not { } topic)
        {
            Refuse(result, ErrorCode.UnknownTopicOrPartition, $"There is no topic '{resource.ResourceName}'.");
            return;
        }

        foreach (TopicConfigEntry entry in TopicConfigEntry.All(topic.Configs, Services.Options))
        {
            if (!IsAsked(resource, entry.Definition.Name))
                continue;

            DescribeConfigsResponse.DescribeConfigsResourceResult config = result.Configs.Add();
            config.Name = entry.Definition.Name;
            config.Value = entry.Value;
            config.ReadOnly = entry.IsReadOnly;
            config.ConfigSource = entry.Source;
            config.ConfigType = (sbyte)entry.Definition.Type;
            config.Documentation = request.IncludeDocumentation ? entry.Definition.Documentation : null;
            if (request.IncludeSynonyms)
                AddSynonyms(config, entry);
        }
    }

    private static void AddSynonyms(
        DescribeConfigsResponse.DescribeConfigsResourceResult config, TopicConfigEntry entry)
    {
        if (entry.OnTopic is { } onTopic)
            AddSynonym(config, entry.Definition.Name, onTopic, TopicConfigEntry.FromTopic);

        if (entry.OnBroker is { } onBroker)
            AddSynonym(config, onBroker.Setting.Key, onBroker.Value, TopicConfigEntry.FromBroker);

        AddSynonym(config, entry.Definition.Name, entry.Definition.Default, TopicConfigEntry.FromDefault);
    }

    private void FillBroker(
        DescribeConfigsResponse.DescribeConfigsResult result,
        DescribeConfigsRequest.DescribeConfigsResource resource,
        DescribeConfigsRequest request)
    {
        BrokerOptions options = Services.Options;
        if (resource.ResourceName.Length == 0)
            return;

        if (DrainingConfig.ReadBroker(resource.ResourceName, out BrokerId broker) is { } noBroker)
        {
            Refuse(result, ErrorCode.InvalidRequest, noBroker);
            return;
        }

        if (broker != options.Id && !IsOfDrainingAlone(resource))
        {
            Refuse(
                result,
                ErrorCode.InvalidRequest,
                $"This is broker {options.Id}; of others it knows {DrainingConfig.Name} only.");
            return;
        }

        if (broker != options.Id && !Services.Cluster.Image.Brokers.ContainsKey(broker))
        {
            Refuse(result, ErrorCode.InvalidRequest, $"Broker {broker} is not registered.");
            return;
        }

        if (IsAsked(resource, DrainingConfig.Name))
            AddDraining(result, broker, request);
        if (broker == options.Id)
            AddSettings(result, resource, request);
    }

    private void AddDraining(
        DescribeConfigsResponse.DescribeConfigsResult result, BrokerId broker, DescribeConfigsRequest request)
    {
        bool isSet = Services.Cluster.Image.IsDraining(broker);
        string value = isSet ? "true" : "false";
        DescribeConfigsResponse.DescribeConfigsResourceResult config = result.Configs.Add();
        config.Name = DrainingConfig.Name;
        config.Value = value;
        config.ReadOnly = false;
        config.ConfigSource = isSet ? FromCluster : TopicConfigEntry.FromDefault;
        config.ConfigType = (sbyte)TopicConfigType.Boolean;
        config.Documentation = request.IncludeDocumentation ? DrainingConfig.Documentation : null;
        if (request.IncludeSynonyms)
            AddSynonym(config, DrainingConfig.Name, value, config.ConfigSource);
    }

    private void AddSettings(
        DescribeConfigsResponse.DescribeConfigsResult result,
        DescribeConfigsRequest.DescribeConfigsResource resource,
        DescribeConfigsRequest request)
    {
        BrokerOptions options = Services.Options;
        foreach (SettingDefinition setting in Settings.All)
        {
            if (!IsAsked(resource, setting.Key))
                continue;

            bool isGiven = options.Given.TryGetValue(setting.Key, out string? value);
            DescribeConfigsResponse.DescribeConfigsResourceResult config = result.Configs.Add();
            config.Name = setting.Key;
            config.Value = isGiven ? value : setting.Default;
            config.ReadOnly = true;
            config.ConfigSource = isGiven ? TopicConfigEntry.FromBroker : TopicConfigEntry.FromDefault;
            config.ConfigType = (sbyte)setting.Type;
            config.Documentation = request.IncludeDocumentation ? setting.Meaning : null;
            if (!request.IncludeSynonyms)
                continue;

            if (isGiven)
                AddSynonym(config, setting.Key, value, TopicConfigEntry.FromBroker);

            if (setting.Default is not null)
                AddSynonym(config, setting.Key, setting.Default, TopicConfigEntry.FromDefault);
        }
    }

    private static bool IsAsked(DescribeConfigsRequest.DescribeConfigsResource resource, string name) =>
        resource.ConfigurationKeys is null || resource.ConfigurationKeys.Contains(name);

    private static void AddSynonym(
        DescribeConfigsResponse.DescribeConfigsResourceResult config, string name, string? value, sbyte source)
    {
        DescribeConfigsResponse.DescribeConfigsSynonym synonym = config.Synonyms.Add();
        (synonym.Name, synonym.Value, synonym.Source) = (name, value, source);
    }

    private static void Refuse(DescribeConfigsResponse.DescribeConfigsResult result, ErrorCode code, string message) =>
        (result.ErrorCode, result.ErrorMessage) = (code, message);
}
