<?php
/* Drives the Client class of dicrtarasov/yii2-exchange1c without Yii: what it takes from Yii is a
   base class, three exceptions, a cookie and an HTTP client, and those stand here, over curl.
   Usage: php yii_client.php <src of the project> <url> <login> <password> <folder with goods> */

namespace yii\base {
    class Exception extends \Exception {}
    class InvalidArgumentException extends \InvalidArgumentException {}
    class InvalidConfigException extends Exception {}
    class Component {
        public function __construct(array $config = []) {
            foreach ($config as $name => $value) { $this->$name = $value; }
            $this->init();
        }
        public function init(): void {}
        public function __get($name) { return $this->{'get' . $name}(); }
    }
}

namespace yii\web {
    class Cookie {
        public $name = ''; public $value = '';
        public function __construct(array $config) {
            $this->name = $config['name']; $this->value = $config['value'];
        }
    }
}

namespace dicr\http {
    class PersistentCookiesBehavior {}
    class ResponseCharsetBehavior {}
}

namespace yii\httpclient {
    class CurlTransport {}
    class Cookies {
        public array $all = [];
        public function add($cookie): void { $this->all[$cookie->name] = $cookie->value; }
    }
    class Response {
        public bool $isOk; public int $statusCode; public string $content;
        public function __construct(int $status, string $content) {
            $this->statusCode = $status; $this->content = $content;
            $this->isOk = $status >= 200 && $status < 300;
        }
        public function toString(): string { return $this->content; }
    }
    class Request {
        public Cookies $cookies;
        public function __construct(
            private string $method, private string $url, private ?string $body, private array $options
        ) { $this->cookies = new Cookies(); }
        public function toString(): string { return $this->method . ' ' . $this->url; }
        public function send(): Response {
            $curl = curl_init($this->url);
            $pairs = [];
            foreach ($this->cookies->all as $name => $value) { $pairs[] = "$name=$value"; }
            curl_setopt_array($curl, [
                CURLOPT_RETURNTRANSFER => true,
                CURLOPT_USERAGENT => $this->options['userAgent'] ?? '',
                CURLOPT_USERPWD => $this->options[CURLOPT_USERNAME] . ':' . $this->options[CURLOPT_PASSWORD],
                CURLOPT_COOKIE => implode('; ', $pairs),
            ]);
            if ($this->method === 'POST') {
                curl_setopt($curl, CURLOPT_POST, true);
                curl_setopt($curl, CURLOPT_POSTFIELDS, $this->body);
                curl_setopt($curl, CURLOPT_HTTPHEADER, ['Content-Type:', 'Expect:']);
            }
            $content = curl_exec($curl);
            return new Response(curl_getinfo($curl, CURLINFO_HTTP_CODE), (string)$content);
        }
    }
    class Client {
        public string $baseUrl = ''; public array $requestConfig;
        public function __construct(array $config) { $this->requestConfig = $config['requestConfig']; }
        private function make(string $method, array $url, ?string $body): Request {
            unset($url[0]);
            $url = $this->baseUrl . '?' . http_build_query($url);
            return new Request($method, $url, $body, $this->requestConfig['options']);
        }
        public function get(array $url): Request { return $this->make('GET', $url, null); }
        public function post(array $url, string $body): Request { return $this->make('POST', $url, $body); }
    }
}

namespace {
    class Yii {
        public static function debug($message, $category = ''): void {}
        public static function info($message, $category = ''): void {}
    }

    [, $source, $url, $login, $password, $goods] = $argv;
    require "$source/C1.php";
    require "$source/Client.php";

    $client = new dicr\exchange1c\Client(compact('url', 'login', 'password'));
    $client->requestCatalogCheckAuth();
    echo "checkauth: ok\n";
    $client->requestCatalogInit();
    echo "init: ok\n";
    foreach (['import.xml', 'offers.xml'] as $name) {
        $client->requestCatalogFile("$goods/$name");
        echo "file $name: ok\n";
        echo "import $name: ok " . implode(' ', $client->requestCatalogImport("$goods/$name")) . "\n";
    }
    $client->requestSaleCheckAuth();
    $client->requestSaleInit();
    echo 'sale query: ok ' . $client->requestSaleQuery()->getName() . "\n";
    $client->requestSaleSuccess();
    echo "sale success: ok\n";
}
